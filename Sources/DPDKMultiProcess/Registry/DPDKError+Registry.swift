internal import Glibc

// MARK: - Errors about the registry and its objects

extension DPDKError {
    static func corrupted(_ what: String) -> DPDKError {
        DPDKError(
            .registryCorrupted, "shared registry", what,
            remedy: "End all processes of the group, find out which of them wrote there, and start the primary again")
    }

    static var noRegistry: DPDKError {
        DPDKError(
            .primaryStillStarting, "shared registry", "the primary has not created it yet",
            remedy: "Try again in a moment, and check whether the primary is stopped or has failed")
    }

    static func layoutMismatch(_ object: String, expected: SharedLayout, found: Registry.RecordedLayout) -> DPDKError {
        DPDKError(
            .layoutMismatch, object,
            "it was created with another layout than \(expected.typeName): expected \(expected), found \(found.text)",
            remedy: "Build both programs with the same declaration of the type",
            layouts: LayoutPair(expected: expected.description, found: found.text))
    }

    /// The error of a failed creation of a named object.
    static func creation(_ kind: ObjectKind, _ name: String, _ number: RTEErrno, byteCount: Int?) -> DPDKError {
        let what = kind.named(name)
        switch number.rawValue {
        case EEXIST:
            return DPDKError(
                .nameTaken, what, "a process without this library has already created one of this name",
                remedy: "Choose another name, or use init(lookingUpForeign:in:)", underlying: number)
        case ENOMEM, ENOSPC: return .outOfMemory(what, byteCount: byteCount, number)
        case ENAMETOOLONG:
            return DPDKError(
                .invalidName, what, "the name is too long for DPDK",
                remedy: "Choose a name of 1 to \(kind.nameLimit) bytes", underlying: number)
        default:
            return DPDKError(
                .invalidArgument, what, "DPDK refused to create it",
                remedy: "Compare the arguments with the ranges in the documentation", underlying: number)
        }
    }
}
