internal import CDPDK
internal import Glibc

// MARK: - Errors that several places throw

extension DPDKError {
    static func outOfMemory(_ object: String, byteCount: Int?, _ underlying: RTEErrno) -> DPDKError {
        if underlying.rawValue == ENOSPC {
            return DPDKError(
                .outOfMemory, object, "DPDK has no room in its table for another memory zone",
                remedy: "Destroy rings, pools and regions that are needed no more", underlying: underlying)
        }
        let size = byteCount.map { " of \($0) bytes" } ?? ""
        return DPDKError(
            .outOfMemory, object, "there is no hugepage memory for it\(size)",
            remedy: "Make it smaller, or reserve more hugepages: sysctl -w vm.nr_hugepages=1024",
            underlying: underlying)
    }

    static func corrupted(_ what: String) -> DPDKError {
        DPDKError(
            .registryCorrupted, "shared registry", what,
            remedy: "End all processes of the group and start the primary anew; find out who wrote there")
    }

    static var noRegistry: DPDKError {
        DPDKError(
            .primaryStillStarting, "shared registry", "the primary has not made it",
            remedy: "Try again in a moment; see whether the primary is stopped or has failed")
    }

    static func destroyed(_ object: String) -> DPDKError {
        DPDKError(.destroyed, object, "it was destroyed", remedy: "Create it anew, or look up the one there is now")
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

    static func layoutMismatch(_ object: String, expected: SharedLayout, found: Registry.RecordedLayout) -> DPDKError {
        DPDKError(
            .layoutMismatch, object,
            "it was created for another layout than \(expected.typeName): expected \(expected), found \(found.text)",
            remedy: "Build both programs with the same declaration of the type",
            layouts: LayoutPair(expected: expected.description, found: found.text))
    }
}

extension RTEErrno {
    var isPermission: Bool { rawValue == EACCES || rawValue == EPERM }
    var isOutOfMemory: Bool { rawValue == ENOMEM }
}

extension DPDKError {
    /// What a failed creation of a named object means.
    static func creation(_ kind: ObjectKind, _ name: String, _ number: RTEErrno, byteCount: Int?) -> DPDKError {
        let what = kind.named(name)
        switch number.rawValue {
        case EEXIST:
            return DPDKError(
                .nameTaken, what, "a process without this library has made one of that name already",
                remedy: "Choose another name, or use init(lookingUpForeign:in:)", underlying: number)
        case ENOMEM, ENOSPC: return .outOfMemory(what, byteCount: byteCount, number)
        case ENAMETOOLONG:
            return DPDKError(
                .invalidName, what, "the name is too long for DPDK",
                remedy: "Choose a name of 1 to \(kind.nameLimit) bytes", underlying: number)
        default:
            return DPDKError(
                .invalidArgument, what, "DPDK would not create it",
                remedy: "Compare the arguments with the ranges in their documentation", underlying: number)
        }
    }

    static func wrongMode(_ what: String, _ side: String, _ instead: String) -> DPDKError {
        DPDKError(
            .wrongMode, what, "it was created for other \(side) than are asked for",
            remedy: "Use \(instead), or create the ring with the mode that you want")
    }
}
