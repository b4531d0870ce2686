import Glibc

/// Frames of Ethernet type 0xaaaa, as `allocate` makes them, at the kernel's end of an interface. Sockets are kept
/// under the name `frames INTERFACE`.
let frameCommands: [String: Command] = [
    "frames": { request, session in
        session.keep(try FrameSocket(on: request.word(0)), as: "frames \(try request.word(0))")
        return ""
    },
    // `send-frames INTERFACE COUNT`
    "send-frames": { request, session in
        try session.with("frames \(try request.word(0))", as: FrameSocket.self) { socket in
            "\(try socket.send(request.number(1)))"
        }
    },
    // `count-frames INTERFACE COUNT [within=MILLISECONDS]`: waits for that many, and answers with how many came.
    "count-frames": { request, session in
        try session.with("frames \(try request.word(0))", as: FrameSocket.self) { socket in
            "\(try socket.receive(request.number(1), within: .milliseconds(request.number("within") ?? 15_000)))"
        }
    },
]

/// A packet socket.
private struct FrameSocket: ~Copyable {
    private let descriptor: CInt
    private static let type: UInt16 = 0xaaaa

    init(on interface: String) throws {
        let descriptor = socket(AF_PACKET, CInt(SOCK_RAW.rawValue) | CInt(SOCK_NONBLOCK.rawValue), CInt(Self.type))
        guard descriptor >= 0 else { throw Misuse("no packet socket: \(errno)") }
        // `struct sockaddr_ll`, which is not in Glibc: 20 bytes, all 0 except for these.
        let index = unsafe if_nametoindex(interface)
        var address = [UInt32](repeating: 0, count: 5)
        address[0] = UInt32(AF_PACKET) | UInt32(Self.type) << 16
        address[1] = index
        let status = unsafe address.withUnsafeBytes { bytes in
            unsafe bytes.withMemoryRebound(to: sockaddr.self) { unsafe bind(descriptor, $0.baseAddress, 20) }
        }
        guard index > 0, status == 0 else {
            close(descriptor)
            throw Misuse("no socket on '\(interface)': \(errno)")
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    func send(_ count: Int) -> Int {
        let frame = [UInt8](repeating: 0xaa, count: 60)
        return (0..<count).count { _ in unsafe Glibc.send(descriptor, frame, frame.count, 0) == frame.count }
    }

    func receive(_ count: Int, within limit: Duration) -> Int {
        let deadline = ContinuousClock.now + limit
        var frame = [UInt8](repeating: 0, count: 2_048)
        var found = 0
        while found < count, ContinuousClock.now < deadline {
            if unsafe recv(descriptor, &frame, frame.count, 0) > 0 { found += 1 } else { usleep(200) }
        }
        return found
    }
}
