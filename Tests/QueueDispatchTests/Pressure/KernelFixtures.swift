/// What the files of real machines look like, shortened.
enum KernelFixtures {
    static let stat = """
        cpu  1121704 2713 164194 1285775 37237 5 6865 333 40 4
        cpu0 541160 797 75928 678298 15530 0 376 163 0 0
        intr 24855589 0 0 0
        ctxt 72304002

        """

    static let meminfo = """
        MemTotal:       24684096 kB
        MemFree:        23272616 kB
        MemAvailable:   18513072 kB
        Buffers:            6192 kB
        HugePages_Total:       0

        """

    static let stall = """
        some avg10=12.50 avg60=0.06 avg300=0.26 total=488509270
        full avg10=1.00 avg60=0.04 avg300=0.16 total=276520818

        """

    /// A disk with two parts of which a volume is made, a disk whose parts have a `p`, one whose own name ends with a
    /// digit, a part without a disk, and what is no disk.
    static let diskstats = """
           7       0 loop0 5 0 5 0 5 0 5 0 0 0 0
           1       0 ram0 5 0 5 0 5 0 5 0 0 0 0
         252       0 zram0 5 0 5 0 5 0 5 0 0 0 0
           8       0 sda 974242 69392 1000 1487449 11139862 1891653 2000 2074643 0 739356 3809346 730305 308 9 1 2 3
           8       1 sda1 5 0 400 0 5 0 900 0 0 0 0
           8       2 sda2 5 0 600 0 5 0 1100 0 0 0 0
         253       0 dm-0 5 0 1000 0 5 0 2000 0 0 0 0
         259       0 nvme0n1 5 0 10 0 5 0 20 0 0 0 0
         259       1 nvme0n1p1 5 0 10 0 5 0 20 0 0 0 0
           9     127 md127 5 0 5 0 5 0 5 0 0 0 0
         179       0 mmcblk0 5 0 1 0 5 0 2 0 0 0 0
         179       1 mmcblk0p1 5 0 1 0 5 0 2 0 0 0 0
         202       1 xvda1 5 0 100 0 5 0 200 0 0 0 0

        """

    static let netDev = """
        Inter-|   Receive                                                |  Transmit
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
            lo:   79901    2593    0    0    0     0          0         0    79901    2593    0    0    0     0       0          0
          eth0:16905701     494    0    0    0     0          0         0    39553     388    0    0    0     0       0          0
        wlp2s0: 1000     494    0    0    0     0          0         0    200     388    0    0    0     0       0          0
        docker0: 5     1    0    0    0     0          0         0    5     1    0    0    0     0       0          0
        veth1a2b: 5     1    0    0    0     0          0         0    5     1    0    0    0     0       0          0
        eth0.7: 5     1    0    0    0     0          0         0    5     1    0    0    0     0       0          0

        """

    static let ioStat = """
        8:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0 dios=0
        253:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0 dios=0
        7:0 259:0 rbytes=1 wbytes=2 rios=1 wios=2 dbytes=0 dios=0

        """

    static let mountinfo = """
        22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
        31 23 0:28 / /sys/fs/cgroup rw,relatime shared:9 - tmpfs tmpfs rw,mode=755
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:7 master:2 - cgroup2 cgroup2 rw

        """

    static let cgroup = "9:name=systemd:/x\n4:memory:/y\n0::/user.slice/job one\n"

    /// Every text, with all that reads it.
    static let all = [
        stat, meminfo, stall, diskstats, netDev, ioStat, mountinfo, cgroup, "200000 100000\n", "max 100000",
    ]
}
