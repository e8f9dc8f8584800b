/// Takes the highest of the machine's and its cgroups' memory use and stalls.
struct MemoryProbe: PressureProbe {
    let machine: Machine

    func measure(at now: Duration) -> Double? {
        var highest = [machine.memoryShare(), machine.memoryStall()]
        for level in machine.group?.levels ?? [] {
            guard let share = machine.group?.memoryShare(of: level) else { continue }
            highest += [share, machine.group?.memoryStall(of: level)]
        }
        return highest.compactMap(\.self).max()
    }
}
