/// A binary heap with the smallest element on top.
struct MinHeap<Element: Comparable> {
    private var elements: [Element] = []

    init(_ elements: [Element] = []) {
        self.elements = elements
        for index in (0..<elements.count / 2).reversed() { sink(elements[index], from: index) }
    }

    /// The smallest element.
    var top: Element? { elements.first }
    var isEmpty: Bool { elements.isEmpty }
    var count: Int { elements.count }

    mutating func insert(_ element: Element) {
        elements.append(element)
        var child = elements.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if elements[parent] <= element { break }
            elements[child] = elements[parent]
            child = parent
        }
        elements[child] = element
    }

    /// Removes the smallest element.
    mutating func removeTop() {
        guard let last = elements.popLast(), !elements.isEmpty else { return }
        sink(last, from: 0)
    }

    /// Puts another in the place of the least.
    mutating func replaceTop(with element: Element) {
        if !elements.isEmpty { sink(element, from: 0) }
    }

    private mutating func sink(_ element: Element, from place: Int) {
        var hole = place
        while true {
            var child = 2 * hole + 1
            if child >= elements.count { break }
            if child + 1 < elements.count, elements[child + 1] < elements[child] { child += 1 }
            if element <= elements[child] { break }
            elements[hole] = elements[child]
            hole = child
        }
        elements[hole] = element
    }
}
