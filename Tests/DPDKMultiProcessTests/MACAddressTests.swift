import DPDKMultiProcess
import TestSupport
import Testing

@Suite("Addresses of Ethernet ports", .fewAtOnce)
struct MACAddressTests {
    @Test(arguments: ["02:00:5e:10:00:01", "02-00-5E-10-00-01", "2:0:5e:10:0:1"])
    func isReadFromText(_ text: String) {
        let address = MACAddress(text)
        #expect(address == MACAddress(0x02, 0x00, 0x5e, 0x10, 0x00, 0x01))
        #expect(address?.description == "02:00:5e:10:00:01")
    }

    @Test(arguments: [
        "", "02:00:5e:10:00", "02:00:5e:10:00:01:02", "02:00:5e:10:00:1g", "02:00:5e:10:00:", "02:00:5e:10:00:001",
        "02:00:5e-10:00:01", "+2:00:5e:10:00:01", " 02:00:5e:10:00:01", "02:00:5e:10:00:٣",
    ])
    func otherTextIsNoAddress(_ text: String) {
        #expect(MACAddress(text) == nil)
    }

    @Test func isReadFromAndWrittenToPackets() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "p", capacity: 15, dataRoom: 512, cacheSize: 0, in: primary)
                var packet = try pool.packet()
                check(packet.append(repeating: 0xff, count: 14))
                let address = MACAddress(1, 2, 3, 4, 5, 6)
                check(packet.store(address, at: 6))
                check(packet.store(address, at: 1))
                check(content(of: packet), is: [0xff, 1, 2, 3, 4, 5, 6, 2, 3, 4, 5, 6, 0xff, 0xff])
                check(packet.load(at: 1) == address)
                check(packet.load(at: 8, as: MACAddress.self), is: MACAddress(3, 4, 5, 6, 0xff, 0xff))
                for offset in [-1, 9, 14, .max, .min] {
                    check(packet.load(at: offset, as: MACAddress.self) == nil, "\(offset)")
                    check(!packet.store(MACAddress(0, 0, 0, 0, 0, 0), at: offset), "\(offset)")
                }
                check(content(of: packet), is: [0xff, 1, 2, 3, 4, 5, 6, 2, 3, 4, 5, 6, 0xff, 0xff])
            }
        }
    }
}
