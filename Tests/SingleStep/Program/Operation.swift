import DPDKMultiProcess
import SingleStepJudge

/// What the child does while it is stepped.
struct Operation {
    var name: String
    /// What the primary makes first. It is in the child's burst when `prepare` is called.
    var gifts: [Gift] = []
    /// How many segments a death may cost.
    var mayLose: UInt32 = 0
    /// Whether it runs on the child's lcore, or on another thread.
    var isOnLcore = true
    var prepare: (Child) -> Void = { _ in }
    let run: (Child) -> Void

    /// All operations, in order. The same in both processes.
    static func all(_ options: Options) -> [Operation] {
        var all: [Operation] = []
        for isOnLcore in [true, false] {
            let some =
                rings + moves + pools + free(options) + drivers(options, isOnLcore: isOnLcore)
                + keeping(options, isOnLcore: isOnLcore)
            all += some.map { operation in
                var operation = operation
                operation.isOnLcore = isOnLcore
                if !isOnLcore { operation.name += ", no lcore" }
                return operation
            }
        }
        return all.filter { options.filter.isEmpty || $0.name.contains(options.filter) }
    }
}
