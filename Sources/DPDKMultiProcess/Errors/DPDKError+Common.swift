internal import Glibc

// MARK: - Errors that several places throw

extension DPDKError {
    static func outOfMemory(_ object: String, byteCount: Int?, _ underlying: RTEErrno) -> DPDKError {
        if underlying.rawValue == ENOSPC {
            return DPDKError(
                .outOfMemory, object, "DPDK has no room in its table for another memory zone",
                remedy: "Destroy rings, pools and regions that are no longer needed", underlying: underlying)
        }
        let size = byteCount.map { " of \($0) bytes" } ?? ""
        return DPDKError(
            .outOfMemory, object, "there is no hugepage memory for it\(size)",
            remedy: "Make it smaller, or reserve more hugepages: sysctl -w vm.nr_hugepages=1024",
            underlying: underlying)
    }

    /// What to do about a number out of its range: `Choose 0 to 7 packets`, or `Choose 0 packets` if that is all.
    static func choice(_ least: Int, _ most: Int, _ noun: String? = nil) -> String {
        "Choose \(least)" + (most > least ? " to \(most)" : "") + (noun.map { " " + $0 } ?? "")
    }

    static func destroyed(_ object: String) -> DPDKError {
        DPDKError(
            .destroyed, object, "it was destroyed", remedy: "Create it again, or look up the one that there is now")
    }

    static func notFound(_ object: String) -> DPDKError {
        DPDKError(
            .notFound, object, "there is none of that name",
            remedy: "Create it in the primary before it is looked up, and compare the spelling")
    }

    static func foreign(_ object: String) -> DPDKError {
        DPDKError(
            .wrongKind, object, "it was made by a process without this library, so its layout was not recorded",
            remedy: "Use init(lookingUpForeign:in:) if you know that the layout is the same")
    }

    static func wrongMode(_ what: String, _ side: String, _ instead: String) -> DPDKError {
        DPDKError(
            .wrongMode, what, "it was created for other \(side) than are asked for",
            remedy: "Use \(instead), or create the ring with the mode that you want")
    }
}

extension RTEErrno {
    var isPermission: Bool { rawValue == EACCES || rawValue == EPERM }
    var isOutOfMemory: Bool { rawValue == ENOMEM }
}
