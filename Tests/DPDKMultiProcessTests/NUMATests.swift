import DPDKMultiProcess
import Glibc
import TestSupport
import Testing

/// Two nodes with CPUs and a third with memory only. The ids have a gap.
private let threeNodes = NUMATopology(isAvailable: true, cpus: [0: [0, 2], 1: [1, 3], 4: []]) { from, to in
    from == to ? 10 : from == 4 || to == 4 ? 0 : 21
}

@Suite("NUMA nodes of this machine", .fewAtOnce) struct NUMATests {
    @Test func nodes() throws {
        #expect(NUMANode.count >= 1)
        #expect(NUMANode.all.count == NUMANode.count)
        #expect(NUMANode.all.contains(.current))
        for node in NUMANode.all {
            #expect(node.distance(to: node) == 10)
            for cpu in node.cpus { #expect(NUMANode(ofCPU: cpu) == node) }
        }
        #expect(NUMANode.any.cpus == NUMANode.all.flatMap(\.cpus).sorted())
        #expect(!NUMANode.any.cpus.isEmpty)
    }

    @Test func whatDoesNotExist() {
        #expect(NUMANode(ofCPU: -1) == nil)
        #expect(NUMANode(ofCPU: 1_000_000) == nil)
        #expect(NUMANode.node(1000).cpus.isEmpty)
        #expect(NUMANode.node(-1).cpus.isEmpty)
        #expect(NUMANode.node(0).distance(to: .node(1000)) == nil)
        #expect(NUMANode.any.distance(to: .node(0)) == nil)
        #expect(NUMANode.node(-1) != .any && NUMANode.any != .local)
    }

    @Test func pagesOfABuffer() throws {
        let pageSize = Int(getpagesize())
        let buffer = try unsafe map(16 * pageSize)
        defer { unsafe munmap(buffer, 16 * pageSize) }
        #expect(try unsafe NUMANode.pages(at: buffer, byteCount: 16 * pageSize).isEmpty)
        unsafe memset(buffer, 1, 16 * pageSize)
        #expect(try unsafe NUMANode.pages(at: buffer, byteCount: 16 * pageSize).values.reduce(0, +) == 16)
        // One byte on each side of a page boundary: two pages.
        #expect(try unsafe NUMANode.pages(at: buffer + pageSize - 1, byteCount: 2).values.reduce(0, +) == 2)
        #expect(try unsafe NUMANode.pages(at: buffer, byteCount: 0).isEmpty)
        for node in try unsafe NUMANode.pages(at: buffer, byteCount: 16 * pageSize).keys {
            #expect(NUMANode.all.contains(node))
        }
        #expect(throws: DPDKError.self) { try unsafe NUMANode.pages(at: buffer, byteCount: 1, pageSize: 3) }
    }

    @Test func pagesOfAnAllocation() throws {
        let size = 3_000_000
        guard let memory = unsafe malloc(size) else { throw MappingFailed() }
        defer { unsafe free(memory) }
        unsafe memset(memory, 1, size)
        let total = try unsafe NUMANode.pages(at: memory, byteCount: size).values.reduce(0, +)
        #expect(total >= size / Int(getpagesize()))
    }

    @Test func hugepages() throws {
        let size = 2 << 20
        let memory = try unsafe map(2 * size, flags: MAP_HUGETLB)
        defer { unsafe munmap(memory, 2 * size) }
        unsafe memset(memory, 1, 2 * size)
        #expect(try unsafe NUMANode.pages(at: memory, byteCount: 2 * size, pageSize: size).values.reduce(0, +) == 2)
        #expect(try unsafe NUMANode.pages(at: memory + size + 7, byteCount: 9, pageSize: size).values.reduce(0, +) == 1)
    }

    private func map(_ size: Int, flags: Int32 = 0) throws -> UnsafeMutableRawPointer {
        let memory = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0)
        guard let memory = unsafe memory, unsafe memory != MAP_FAILED else { throw MappingFailed() }
        return unsafe memory
    }
}

struct MappingFailed: Error, CustomStringConvertible {
    let description = "no memory to test with; hugepages of 2 MB are reserved in /proc/sys/vm/nr_hugepages"
}

@Suite("Socket ids and machines of other kinds", .fewAtOnce) struct NUMATopologyTests {
    @Test func socketIDs() throws {
        #expect(try NUMANode.any.socketID() == -1)
        #expect(try NUMANode.local.socketID(localSocket: 3) == 3)
        #expect(try NUMANode.local.socketID() == Int32(NUMANode.current.id ?? -7))
        #expect(try NUMANode.node(4).socketID(in: threeNodes) == 4)
        for id in [2, -1, Int.max, Int.min] {
            let error = try #require(throws: DPDKError.self) { try NUMANode.node(id).socketID(in: threeNodes) }
            #expect(error.code == .invalidArgument)
            #expect(error.message.contains("the nodes are 0, 1, 4"))
        }
    }

    @Test func severalNodes() {
        #expect(threeNodes.nodes == [0, 1, 4])
        #expect(threeNodes.node(ofCPU: 3) == 1)
        #expect(threeNodes.node(ofCPU: 4) == nil)
        #expect(NUMANode.node(1).cpus(in: threeNodes) == [1, 3])
        #expect(NUMANode.any.cpus(in: threeNodes) == [0, 1, 2, 3])
        #expect(NUMANode.node(0).distance(to: .node(1), in: threeNodes) == 21)
        #expect(NUMANode.node(0).distance(to: .node(4), in: threeNodes) == nil)
    }

    @Test func machineThatDoesNotTell() throws {
        let machine = NUMATopology.singleNode(cpuCount: 2)
        #expect(machine.nodes == [0])
        #expect(machine.node(ofCPU: 1) == 0)
        #expect(machine.node(ofCPU: 2) == nil)
        #expect(machine.distance(from: 0, to: 0) == 10)
        let error = try #require(throws: DPDKError.self) { try NUMANode.node(1).socketID(in: machine) }
        #expect(error.message.contains("the only node is 0"))
    }

    /// As in a container whose seccomp profile lacks `CAP_SYS_NICE`.
    @Test func kernelThatRefuses() async {
        await #expect(processExitsWith: .success) {
            #expect(forbidNUMACalls())
            #expect(!NUMANode.isAvailable)
            #expect(NUMANode.all == [.node(0)])
            #expect(NUMANode.current == .node(0))
            #expect(NUMANode(ofCPU: 0) == .node(0))
            #expect(NUMANode.node(0).distance(to: .local) == 10)
            #expect(try NUMANode.local.socketID() == 0)
            var bytes: [UInt8] = Array(repeating: 1, count: 10)
            let pages = try unsafe bytes.withUnsafeMutableBytes { buffer in
                guard let address = buffer.baseAddress else { throw MappingFailed() }
                return try unsafe NUMANode.pages(at: address, byteCount: 10)
            }
            #expect(pages.keys.map(\.self) == [.node(0)])
        }
    }

    /// The calls are forbidden after the nodes of the machine have been read.
    @Test func kernelThatRefusesToTellOfPages() async {
        await #expect(processExitsWith: .success) {
            #expect(NUMANode.count >= 1)
            #expect(forbidNUMACalls())
            var byte: UInt8 = 1
            try unsafe withUnsafeMutableBytes(of: &byte) { buffer in
                guard let address = buffer.baseAddress else { throw MappingFailed() }
                let oneNode = NUMATopology(isAvailable: true, cpus: [0: [0]]) { _, _ in 10 }
                #expect(try unsafe NUMANode.pages(at: address, byteCount: 1, in: oneNode) == [.node(0): 1])
                let error = try #require(throws: DPDKError.self) {
                    try unsafe NUMANode.pages(at: address, byteCount: 1, in: threeNodes)
                }
                #expect(error.code == .permissionDenied)
                #expect(error.underlying?.rawValue == EPERM)
            }
        }
    }
}

/// From now on, `get_mempolicy` and `move_pages` fail with EPERM in this process.
private func forbidNUMACalls() -> Bool {
    #if arch(arm64)
    let calls: [UInt32] = [236, 239]
    #else
    let calls: [UInt32] = [239, 279]
    #endif
    // struct sock_filter: the operation in the lowest 16 bits, two relative jumps of 8 bits, an operand of 32 bits.
    func step(_ code: UInt64, _ operand: UInt32, ifTrue: UInt64 = 0, ifFalse: UInt64 = 0) -> UInt64 {
        code | ifTrue << 16 | ifFalse << 24 | UInt64(operand) << 32
    }
    var program = [
        step(0x20, 0),  // load the number of the system call
        step(0x15, calls[0], ifTrue: 2),
        step(0x15, calls[1], ifTrue: 1),
        step(0x06, 0x7fff_0000),  // allow
        step(0x06, 0x0005_0000 | UInt32(EPERM)),  // fail
    ]
    // prctl takes its arguments as longs. C passes variable arguments like any others.
    typealias Control = @convention(c) (CInt, UInt, UInt, UInt, UInt) -> CInt
    guard let symbol = unsafe dlsym(nil, "prctl") else { return false }
    let control = unsafe unsafeBitCast(symbol, to: Control.self)
    let (setNoNewPrivileges, setSeccomp, filterMode): (CInt, CInt, UInt) = (38, 22, 2)
    guard control(setNoNewPrivileges, 1, 0, 0, 0) == 0 else { return false }
    return unsafe program.withUnsafeMutableBufferPointer { steps in
        var description = (UInt(steps.count), UInt(bitPattern: steps.baseAddress))
        return unsafe withUnsafeMutablePointer(to: &description) { description in
            control(setSeccomp, filterMode, UInt(bitPattern: description), 0, 0) == 0
        }
    }
}
