/// Lets other tasks run until something holds.
func until(_ holds: () -> Bool) async {
    while !holds() { await Task.yield() }
}
