import DPDKMultiProcess

/// Regions of `Gauge`, or of the type that `type=…` names. Handles are kept as `region NAME`.
let regionCommands: [String: Command] = [
    // `create-region NAME LEVEL LIMIT`
    "create-region": { request, session in
        let region = try SharedRegion(
            creating: request.word(0), initial: Gauge(level: request.number(1), limit: request.number(2)),
            in: session.primary)
        session.keep(region, as: "region \(try request.word(0))")
        return ""
    },
    // `look-up-region NAME [type=u64] [foreign=yes]`
    "look-up-region": { request, session in
        let name = try request.word(0)
        func find<Value: SharedValue>(_ type: Value.Type, in process: DPDKProcess) throws {
            let region: SharedRegion<Value> =
                request["foreign"] == nil
                ? try SharedRegion(lookingUp: name, in: process)
                : unsafe try SharedRegion(lookingUpForeign: name, in: process)
            session.keep(region, as: "region \(name)")
        }
        if request["type"] == "u64" {
            try find(UInt64.self, in: session.process)
        } else {
            try find(Gauge.self, in: session.process)
        }
        return ""
    },
    // Answers with `LEVEL LIMIT`.
    "read-region": { request, session in
        let value = try region(request, session).read()
        return "\(value.level) \(value.limit)"
    },
    // `write-region NAME LEVEL LIMIT`
    "write-region": { request, session in
        try region(request, session).write(Gauge(level: request.number(1), limit: request.number(2)))
        return ""
    },
    "read-limit": { request, session in "\(try region(request, session).read(\.limit))" },
    "write-limit": { request, session in
        try region(request, session).write(try request.number(1), to: \.limit)
        return ""
    },
    "access-region": { request, session in
        session.keep(try region(request, session).makeAccess(), as: "access \(try request.word(0))")
        return ""
    },
    "destroy-region": { request, session in
        try region(request, session).destroy(in: session.primary)
        return ""
    },
]

private struct Gauge: SharedValue {
    var level: UInt64
    var limit: UInt32
}

private func region(_ request: Request, _ session: Session) throws -> SharedRegion<Gauge> {
    try session.kept("region \(try request.word(0))")
}
