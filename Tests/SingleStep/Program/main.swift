// Single-steps a child process through each operation on packets, and judges at every instruction whether a sweep
// would find each packet at one place if the child died there.

import DPDKMultiProcess
import Glibc
import SingleStepJudge

do {
    let options = try Options(CommandLine.arguments.dropFirst())
    if let filePrefix = options.childOf {
        try Child.run(filePrefix, options)
    } else {
        exit(try Parent.run(options) ? 0 : 1)
    }
} catch {
    print("\(error)")
    exit(error is Misuse ? 2 : 1)
}
