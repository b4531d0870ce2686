internal import Glibc

// MARK: - Errors that several places throw

extension DPDKError {
    static func outOfMemory(_ object: String, byteCount: Int?, _ underlying: RTEErrno) -> DPDKError {
        if underlying.rawValue == ENOSPC {
            return DPDKError(
                .outOfMemory, object, "DPDK's table of memory zones is full",
                remedy: "Destroy rings, pools and regions that are no longer needed", underlying: underlying)
        }
        let need = byteCount.map { " for its \($0) bytes" } ?? " for it"
        return DPDKError(
            .outOfMemory, object, "there is not enough free hugepage memory\(need)",
            remedy: "Make it smaller, or reserve more hugepages with sysctl vm.nr_hugepages",
            underlying: underlying)
    }

    /// A remedy that states a range: `Choose 0 to 7 packets`, or `Choose 0 packets` if the range has one number.
    static func choice(_ least: Int, _ most: Int, _ noun: String? = nil) -> String {
        "Choose \(least)" + (most > least ? " to \(most)" : "") + (noun.map { " " + $0 } ?? "")
    }

    static func destroyed(_ object: String) -> DPDKError {
        DPDKError(
            .destroyed, object, "it was destroyed", remedy: "Create it again, or look up the new object of this name")
    }

    static func notFound(_ object: String) -> DPDKError {
        DPDKError(
            .notFound, object, "there is no object of this name",
            remedy: "Create it in the primary before you look it up, and check the spelling of the name")
    }

    static func foreign(_ object: String) -> DPDKError {
        DPDKError(
            .wrongKind, object, "a process without this library created it, so its layout is not recorded",
            remedy: "Use init(lookingUpForeign:in:) if you know that the layouts are the same")
    }

    static func wrongMode(_ what: String, _ side: String, _ instead: String) -> DPDKError {
        DPDKError(
            .wrongMode, what, "the ring was created with another mode for its \(side)",
            remedy: "Use \(instead), or create the ring with the mode that you want")
    }
}

extension RTEErrno {
    var isPermission: Bool { rawValue == EACCES || rawValue == EPERM }
}
