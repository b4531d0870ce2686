import ArgumentParser
import ClientServer

/// A choice of ports: bit n stands for the port with id n.
struct PortMask: ExpressibleByArgument, Equatable {
    let bits: UInt32

    /// Reads a hexadecimal number, with or without `0x`.
    init?(argument: String) {
        let digits = argument.hasPrefix("0x") || argument.hasPrefix("0X") ? argument.dropFirst(2) : argument[...]
        guard digits.first?.isHexDigit == true, let bits = UInt32(digits, radix: 16), bits != 0 else { return nil }
        self.bits = bits
    }

    /// The chosen ports among those that there are. The number has to be even, since each port has a partner.
    func choose(among there: [Int]) throws -> [Int] {
        let chosen = (0..<PortTable.portLimit).filter { bits & 1 << UInt32($0) != 0 }
        let missing = chosen.filter { !there.contains($0) }
        let mask = "port mask 0x\(String(bits, radix: 16))"
        guard missing.isEmpty else {
            let all = there.isEmpty ? "there is none; add one with --vdev or bind a NIC" : "there are \(list(there))"
            throw Program.Failure("\(mask) names ports that do not exist (\(list(missing))): \(all)")
        }
        guard chosen.count.isMultiple(of: 2) else {
            throw Program.Failure("\(mask) names \(chosen.count) ports, and an even number is needed to pair them")
        }
        return chosen
    }

    private func list(_ ids: [Int]) -> String { ids.map(String.init).joined(separator: ", ") }
}
