import ExternalTerm
import Reel
import ReelStore

extension StoreConformance {
    static let concurrency: [Check] = [
        Check("many write at once, through several stores, and nothing is lost") { stores in
            let open = [try await stores.open(), try await stores.open(), try await stores.open()]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<48 {
                    group.addTask {
                        let session = SampleSession("w-\(index)", eventsPerMember: 1)
                        var offset = 0
                        for (number, piece) in try session.pieces().enumerated() {
                            // A session's members may come by different ways.
                            try await open[(index + number) % 3].append(piece, to: session.id, at: offset)
                            offset += piece.count
                        }
                    }
                }
                try await group.waitForAll()
            }
            let bytes = try (0..<48).map { try SampleSession("w-\($0)", eventsPerMember: 1).bytes() }
            for store in open {
                let page = try await store.page(RecordingQuery(), limit: 100)
                try expect(page.recordings.count, is: 48)
                try expect(page.recordings.allSatisfy { $0.isFinished && $0.eventCount == 9 }, "not all finished")
            }
            for index in 0..<48 {
                try expect(try await open[0].bytes(of: try RecordingID("w-\(index)")) == bytes[index], "other bytes")
            }
        },
        Check("of many who append the same all succeed, and it is there once") { stores in
            let open = [try await stores.open(), try await stores.open()]
            let session = SampleSession("s-1", eventsPerMember: 3)
            let pieces = try session.pieces()
            var offset = 0
            for piece in pieces {
                let start = offset
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for index in 0..<8 {
                        group.addTask { try await open[index % 2].append(piece, to: session.id, at: start) }
                    }
                    try await group.waitForAll()
                }
                offset += piece.count
            }
            try expect(try await open[0].bytes(of: session.id), is: try session.bytes())
            try expect(try await open[1].ids(), is: [session.id])
        },
        Check("of many who write different recordings under one id one succeeds") { stores in
            let open = [try await stores.open(), try await stores.open()]
            let id = try RecordingID("contested")
            let candidates = try (0..<8).map { try SampleSession("c\($0)", view: "View\($0)").bytes() }
            let outcomes = try await withThrowingTaskGroup(of: Int?.self) { group in
                for (index, bytes) in candidates.enumerated() {
                    group.addTask {
                        do throws(StoreError) {
                            try await open[index % 2].put(bytes, as: id)
                            return index
                        } catch {
                            guard error.kind == .conflict else { throw error }
                            return nil
                        }
                    }
                }
                var outcomes: [Int] = []
                for try await outcome in group { if let outcome { outcomes.append(outcome) } }
                return outcomes
            }
            try expect(outcomes.count, is: 1)
            try expect(
                try await open[0].bytes(of: id) == candidates[outcomes[0]], "another recording than the winner's")
            try expect(try await open[1].recording(id)?.view, is: "View\(outcomes[0])")
        },
        Check("who lists while others write and delete gets what is there, once") { stores in
            let store = try await stores.open()
            let other = try await stores.open()
            for index in 0..<30 { try await store.keep(SampleSession("keep-\(index)", connectedAt: index)) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for index in 0..<40 {
                        let session = SampleSession("go-\(index)", connectedAt: index % 31, eventsPerMember: 4)
                        try await other.keep(session)
                        try await other.delete(session.id)
                    }
                }
                group.addTask {
                    for _ in 0..<8 {
                        let ids = try await store.ids(pageSize: 7).map(\.text)
                        try expect(ids.filter { $0.hasPrefix("keep") }.count, is: 30)
                        try expect(Set(ids).count, is: ids.count)
                    }
                }
                try await group.waitForAll()
            }
            try expect(try await store.ids().count, is: 30)
        },
    ]

    static let sizes: [Check] = [
        Check("a large recording is written and read part by part") { stores in
            let store = try await stores.open()
            let id = try RecordingID("large")
            let maker = LargeRecording(byteCount: stores.size.largeByteCount)
            var offset = 0
            var checksum = Checksum()
            try await maker.forEachPiece { piece in
                checksum.update(piece)
                try await store.append(piece, to: id, at: offset)
                offset += piece.count
            }
            try expect(offset >= stores.size.largeByteCount, "only \(offset) bytes")
            let content = try await store.open(id)
            try expect(content.byteCount, is: offset)
            var read = Checksum()
            for try await piece in content.pieces(upTo: 1 << 20) { read.update(piece) }
            try expect(read, is: checksum)
            let index = maker.eventCount * 2 / 3
            let (offsetOfEvent, members) = try await content.reading { bytes in
                let file = try RecordingFile(bytes)
                return (try file.event(at: index).offset, file.inflatedMemberCount)
            }
            try expect(offsetOfEvent, is: index)
            try expect(members <= 4, "\(members) members inflated for one event")
            try expect(try await store.recording(id)?.eventCount, is: maker.eventCount)
            // Its other form is read part by part too.
            let form = try await maker.form(eventsPerPiece: 9)
            try expect(
                try await store.replace(id, with: form, ifByteCount: offset).byteCount, is: form.byteCount)
            var copy = Checksum()
            for try await piece in try await store.open(id).pieces(upTo: 1 << 20) { copy.update(piece) }
            try expect(copy, is: form.checksum)
            try expect(try await store.delete(id), is: true)
        },
        Check("a store of many recordings lists them all") { stores in
            let store = try await stores.open()
            let count = stores.size.recordings
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<16 {
                    group.addTask {
                        for index in stride(from: worker, to: count, by: 16) {
                            let session = SampleSession(
                                "m-\(index)", view: "View\(index % 10)", connectedAt: 1_700_000_000_000 + index)
                            try await store.put(try session.bytes(), as: session.id)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let other = try await stores.open()
            let newest = try await other.page(RecordingQuery(), limit: 50)
            try expect(newest.recordings.map(\.id.text), is: (1...50).map { "m-\(count - $0)" })
            try expect(try await other.ids(pageSize: 997).map(\.text), is: (1...count).map { "m-\(count - $0)" })
            try expect(try await other.ids(RecordingQuery(view: "View3")).count, is: (count + 6) / 10)
            try expect(try await other.ids(RecordingQuery(text: "view3 inc")).count, is: (count + 6) / 10)
        },
    ]
}
