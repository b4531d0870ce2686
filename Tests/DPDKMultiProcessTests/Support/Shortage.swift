/// Shell commands that take something away in the mounts of one process. The machine's hugepages stay as they are. See
/// `Peer.privateMounts(_:)`.
enum Shortage {
    /// Unmounts every hugetlbfs.
    static let unmounting = "while umount -t hugetlbfs -a; do grep -q hugetlbfs /proc/mounts || break; done"

    /// Mounts an empty hugetlbfs.
    static let freshMount = "mount -t hugetlbfs -o pagesize=2M none /dev/hugepages"

    /// Hides the counters of one name behind a file, in the kernel's folder and in those of the nodes.
    static func hiding(_ name: String, with count: Int) -> String {
        "mount -t tmpfs none /mnt; echo \(count) > /mnt/count; "
            + "for f in /sys/kernel/mm/hugepages/*/\(name) /sys/devices/system/node/node*/hugepages/*/\(name); do "
            + "mount --bind /mnt/count $f; done"
    }

    /// No hugepages at all.
    static let noHugepages = [hiding("nr_hugepages", with: 0), hiding("free_hugepages", with: 0)]
}
