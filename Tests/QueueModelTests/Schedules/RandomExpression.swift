import QueueBackoff

/// An expression drawn by chance, with a reading of its own: sets of numbers, filled item by item.
struct RandomExpression {
    var text = ""
    private var fields: [Set<Int>] = []
    private var needsBothDays = false

    /// Draws an expression, whose minute and hour may be fixed so that a test can go by days.
    init(time: (minute: Int, hour: Int)? = nil, using generator: inout FastRandom) {
        let ranges = [0...59, 0...23, 1...31, 1...12, 0...6]
        var texts: [String] = []
        for (index, range) in ranges.enumerated() {
            var items: [String] = []
            var numbers: Set<Int> = []
            if let time, index < 2 {
                let number = index == 0 ? time.minute : time.hour
                items = [String(number)]
                numbers = [number]
            } else {
                for _ in 0..<(generator.next(below: 4) == 0 ? 3 : 1) {
                    let (item, itemNumbers) = Self.item(in: range, using: &generator)
                    items.append(item)
                    numbers.formUnion(itemNumbers)
                }
            }
            texts.append(items.joined(separator: ","))
            fields.append(numbers)
        }
        needsBothDays = texts[2].first == "*" || texts[4].first == "*"
        text = texts.joined(separator: " ")
    }

    private static func item(in range: ClosedRange<Int>, using generator: inout FastRandom) -> (String, [Int]) {
        let first = Int.random(in: range, using: &generator)
        let last = Int.random(in: first...range.upperBound, using: &generator)
        let step = Int.random(in: 1...min(range.upperBound, 13), using: &generator)
        switch generator.next(below: 6) {
        case 0: return ("*/\(step)", Array(stride(from: range.lowerBound, through: range.upperBound, by: step)))
        case 1: return ("\(first)", [first])
        case 2: return ("\(first)-\(last)", Array(first...last))
        case 3: return ("\(first)-\(last)/\(step)", Array(stride(from: first, through: last, by: step)))
        case 4: return ("\(first)/\(step)", Array(stride(from: first, through: range.upperBound, by: step)))
        default: return ("*", Array(range))
        }
    }

    func matchesDay(month: Int, day: Int, dayOfWeek: Int) -> Bool {
        guard fields[3].contains(month) else { return false }
        let (byMonth, byWeek) = (fields[2].contains(day), fields[4].contains(dayOfWeek))
        return needsBothDays ? byMonth && byWeek : byMonth || byWeek
    }

    func matchesTime(hour: Int, minute: Int) -> Bool {
        fields[1].contains(hour) && fields[0].contains(minute)
    }
}

extension FastRandom {
    mutating func next(below bound: Int) -> Int {
        Int.random(in: 0..<bound, using: &self)
    }
}
