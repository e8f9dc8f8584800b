#if canImport(Darwin)
    import Darwin
    import QueueModel

    // Written after Apple's headers and manual pages; the tests that run are those of Linux.

    extension Machine {
        /// A machine with one of Apple's systems.
        static var darwin: Machine {
            Machine(
                processorTimes: { DarwinHost.processorTimes() }, memoryShare: { DarwinHost.memoryShare() },
                memoryStall: { nil }, disk: { DarwinHost.disk() }, network: { DarwinHost.network() }, group: nil)
        }
    }

    /// The calls of Mach and BSD that tell of the machine.
    private enum DarwinHost {
        /// The port of the host, asked for once: each call of `mach_host_self` would add a reference to it.
        private static let port = mach_host_self()

        static func processorTimes() -> ProcessorTimes? {
            var load = host_cpu_load_info()
            var count = words(of: load)
            let answer = withUnsafeMutablePointer(to: &load) { pointer in
                pointer.withMemoryRebound(to: integer_t.self, capacity: Int(count)) {
                    host_statistics(port, HOST_CPU_LOAD_INFO, $0, &count)
                }
            }
            guard answer == KERN_SUCCESS else { return nil }
            // In the order of CPU_STATE_USER, SYSTEM, IDLE, NICE.
            let (user, system, idle, nice) = load.cpu_ticks
            return ProcessorTimes(busy: Int64(user) + Int64(system) + Int64(nice), idle: Int64(idle))
        }

        static func memoryShare() -> Double? {
            var figures = vm_statistics64()
            var count = words(of: figures)
            let answer = withUnsafeMutablePointer(to: &figures) { pointer in
                pointer.withMemoryRebound(to: integer_t.self, capacity: Int(count)) {
                    host_statistics64(port, HOST_VM_INFO64, $0, &count)
                }
            }
            var total: UInt64 = 0
            var size = MemoryLayout<UInt64>.size
            guard answer == KERN_SUCCESS, sysctlbyname("hw.memsize", &total, &size, nil, 0) == 0, total > 0 else {
                return nil
            }
            let own = Int64(figures.internal_page_count) - Int64(figures.purgeable_count)
            let pages = max(own, 0) + Int64(figures.wire_count) + Int64(figures.compressor_page_count)
            return min(Double(pages) * Double(getpagesize()) / Double(total), 1)
        }

        static func disk() -> IOAmount? {
            #if os(macOS)
                var usage = rusage_info_v4()
                let answer = withUnsafeMutablePointer(to: &usage) { pointer in
                    pointer.withMemoryRebound(to: rusage_info_t?.self, capacity: 1) {
                        proc_pid_rusage(getpid(), RUSAGE_INFO_V4, $0)
                    }
                }
                guard answer == 0 else { return nil }
                return IOAmount(
                    diskRead: Int64(clamping: usage.ri_diskio_bytesread),
                    diskWritten: Int64(clamping: usage.ri_diskio_byteswritten))
            #else
                return nil
            #endif
        }

        static func network() -> IOAmount? {
            var first: UnsafeMutablePointer<ifaddrs>?
            guard getifaddrs(&first) == 0 else { return nil }
            defer { freeifaddrs(first) }
            var interfaces: [NetworkCounters.Interface] = []
            var next = first
            while let entry = next?.pointee {
                next = entry.ifa_next
                // The entry of an interface's link layer is the one that has its counters, of 32 bits.
                guard entry.ifa_flags & UInt32(IFF_LOOPBACK) == 0, let address = entry.ifa_addr,
                    Int32(address.pointee.sa_family) == AF_LINK, let data = entry.ifa_data
                else { continue }
                let figures = data.assumingMemoryBound(to: if_data.self).pointee
                interfaces.append(
                    NetworkCounters.Interface(
                        name: String(cString: entry.ifa_name), received: Int64(figures.ifi_ibytes),
                        sent: Int64(figures.ifi_obytes)))
            }
            return NetworkCounters(interfaces).total
        }

        /// The size of what a call of Mach fills, in the words that it counts in.
        private static func words<Value>(of value: Value) -> mach_msg_type_number_t {
            mach_msg_type_number_t(MemoryLayout<Value>.size / MemoryLayout<integer_t>.size)
        }
    }
#endif
