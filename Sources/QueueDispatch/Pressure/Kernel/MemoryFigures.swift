/// What Linux tells of the machine's memory.
enum MemoryFigures {
    /// The share of memory that new programs could not have, 0…1, by `/proc/meminfo`; `nil` if it does not say.
    ///
    /// `MemAvailable` is the kernel's own estimate, of 3.14 and later, of what can be had without swapping.
    static func share(meminfo text: String) -> Double? {
        guard let total = KernelText.value(of: "MemTotal:", in: text), total > 0,
            let available = KernelText.value(of: "MemAvailable:", in: text)
        else { return nil }
        return 1 - Double(min(available, total)) / Double(total)
    }

    /// The share of the last ten seconds in which some task waited, 0…1, by a file of pressure stall information; `nil`
    /// if it is none.
    ///
    /// Its first line is `some avg10=1.23 avg60=… avg300=… total=…`, in percent (the kernel's
    /// Documentation/accounting/psi.rst).
    static func stall(_ text: String) -> Double? {
        for line in KernelText.lines(text) {
            let words = KernelText.words(line)
            guard words.first == "some", words.count >= 2, words[1].utf8.starts(with: "avg10=".utf8) else { continue }
            guard let percent = Double(words[1].dropFirst(6)), (0...100).contains(percent) else { return nil }
            return percent / 100
        }
        return nil
    }
}
