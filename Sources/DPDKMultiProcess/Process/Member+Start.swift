// MARK: - Start

extension Member {
    /// Starts EAL and enters the group, or throws and says why not.
    static func start(as role: EALArguments.Role, _ arguments: EALArguments) throws(DPDKError) {
        try beginStart()
        var eal = EALStart()
        do throws(DPDKError) {
            endStart(.running(try eal.run(as: role, arguments)))
        } catch {
            endStart(eal.wasCalled ? .failed : .notStarted)
            throw error
        }
    }
}
