import DPDKMultiProcess
import Glibc

/// A secondary that attaches, looks up a ring and a pool, says when it had them, and leaves. Its C counterpart is
/// `attach.c`.
@main
enum Attach {
    static func main() throws {
        try SecondaryProcess.run(try EALArguments(commandLine: CommandLine.arguments)) { secondary in
            _ = try SharedRing<UInt64>(lookingUp: "UInt64-1024", in: secondary)
            _ = try PacketPool(lookingUp: "packets", in: secondary)
            var now = timespec()
            unsafe clock_gettime(CLOCK_MONOTONIC, &now)
            print(now.tv_sec * 1_000_000_000 + now.tv_nsec)
        }
    }
}
