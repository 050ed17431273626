import ExternalTerm

/// What the pages of a recording show beside their HTML: files that the recording holds, and those of a folder. Implements
/// Spec/pages.md §8.4.
public struct PageAssets: Sendable {
    /// The files that the recording holds, by the addresses that pages write.
    public let recorded: [String: PageAsset]
    private let folder: AssetFolder?
    private let page: PageAddress
    private let host: String?

    /// The most bytes of the fonts and images that one style sheet takes in.
    private static let mostBytes = 16 << 20

    /// No files.
    public static let none = PageAssets()

    /// Creates assets.
    ///
    /// - Parameters:
    ///   - recorded: the files that the recording holds, by the addresses that pages write.
    ///   - folder: where all others are looked for.
    ///   - url: where the session started: other addresses of the same server lead to the folder as well.
    public init(recorded: [String: PageAsset] = [:], folder: AssetFolder? = nil, url: String? = nil) {
        self.recorded = recorded
        self.folder = folder
        host = url.flatMap(PageAddress.host)
        page = url.flatMap { [host] in PageAddress($0, in: .root, host: host) } ?? .root
    }

    /// The style sheet or image at an address that a page writes, or nil when there is none. Fonts and images that the style
    /// sheet names are in it.
    public func asset(at address: String) -> PageAsset? {
        let place = PageAddress(address, in: page, host: host)
        guard var asset = recorded[address] ?? place.flatMap({ folder?.asset(at: $0) }) else { return nil }
        if asset.isImage { return asset }
        guard asset.isStyleSheet else { return nil }
        var byteCount = 0
        asset.content = StyleSheet.replacing(asset.content) { address in
            guard let file = part(at: address, of: place ?? page) else { return nil }
            byteCount += file.content.count
            return byteCount <= PageAssets.mostBytes ? file.dataAddress : nil
        }
        return asset
    }

    /// The font or image at an address that a style sheet writes.
    private func part(at address: String, of sheet: PageAddress) -> PageAsset? {
        guard let place = PageAddress(address, in: sheet, host: host), let file = folder?.asset(at: place) else {
            return nil
        }
        return file.isImage || file.isFont ? file : nil
    }
}

extension RecordingFile {
    /// What the recording's pages show beside their HTML.
    ///
    /// - Parameter folder: where files are looked for that the recording does not hold.
    /// - Throws: ``ReelError`` when the events up to the first page cannot be read.
    public func pageAssets(folder: AssetFolder? = nil) throws(ReelError) -> PageAssets {
        PageAssets(recorded: try recordedAssets(), folder: folder, url: try header.url)
    }

    /// The files that the recording holds, by the addresses that pages write.
    ///
    /// - Parameter events: nil for all events; else the files that only these hold.
    func recordedAssets(of events: Range<Int>? = nil) throws(ReelError) -> [String: PageAsset] {
        var recorded: [String: PageAsset] = [:]
        var byteCount = 0
        try forEachEvent { (event) throws(ReelError) in
            guard event.kind == PageAsset.kind else { return event.kind != Page.join }
            guard let (href, asset) = PageAsset.reading(try RecordingFile.payload(of: event)) else { return true }
            byteCount += asset.content.count
            guard byteCount <= PageLimits.assetByteCount else { return false }
            // Of several for an address the last one counts, wherever it is.
            recorded[href] = events?.contains(event.index) ?? true ? asset : nil
            return true
        }
        return recorded
    }

    /// The addresses of all style sheets and images of the recording's pages.
    ///
    /// - Throws: ``ReelError`` when the recording cannot be read.
    package func pageAddresses() throws(ReelError) -> Set<String> {
        var references = PageReferences()
        var page = Page()
        try forEachEvent { (event) throws(ReelError) in
            guard Page.isChanged(by: event.kind) else { return true }
            let before = page
            page.apply(kind: event.kind, payload: try RecordingFile.payload(of: event))
            references.add(page, since: before, hasNewDocument: event.kind == Page.document)
            return references.addresses.count < PageLimits.addressCount
        }
        return references.addresses
    }

    private static func payload(of event: Event) throws(ReelError) -> Term {
        do {
            return try event.payload
        } catch {
            throw ReelError(wrapping: error)
        }
    }
}
