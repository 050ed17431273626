public import Hummingbird
public import Reel
public import ReelStore

/// The dashboard over a store: a list of its recordings, and a player for each.
///
/// A Hummingbird server mounts it wherever it likes, behind its own authentication:
///
/// ```swift
/// let dashboard = Dashboard(store: store, templates: try PageTemplates(folder: "Templates"))
/// let group = router.group("reel").add(middleware: RequireAdmin())
/// dashboard.addRoutes(to: group, authorization: .everything)
/// ```
///
/// Its pages work without JavaScript, load nothing from elsewhere, and let nothing run that a recording holds. Requests that change
/// something carry a token against forgery. Bodies, ranges, viewers, and what is read at the same time are bounded.
public struct Dashboard: Sendable {
    /// Where the recordings are.
    public let store: any RecordingStore
    /// What makes pages of recorded states.
    public let templates: PageTemplates
    /// Where style sheets, fonts and images of pages are looked for that a recording does not hold.
    public let assets: AssetFolder?
    /// What the dashboard allows itself.
    public let configuration: DashboardConfiguration

    package let live: LiveFeed
    let forgery: RequestForgery
    let reading: ReadingWork
    let devices = DeviceCache()

    /// Creates a dashboard.
    public init(
        store: any RecordingStore, templates: PageTemplates = .none, assets: AssetFolder? = nil,
        configuration: DashboardConfiguration = DashboardConfiguration()
    ) {
        self.store = store
        self.templates = templates
        self.assets = assets
        self.configuration = configuration
        live = LiveFeed(
            store: store, mostViewers: configuration.mostViewers, interval: configuration.heartbeat)
        forgery = RequestForgery(secret: configuration.secret)
        reading = ReadingWork(
            max(configuration.readsAtOnce, 1), mostWaiting: 256, longest: configuration.longestReading)
    }

    /// Adds the dashboard's pages to a router, or to a group of one.
    ///
    /// - Parameter authorization: who may do what, beyond what the router's middleware lets through.
    public func addRoutes<Context: RequestContext>(
        to router: some RouterMethods<Context>, authorization: DashboardAuthorization<Context>
    ) {
        DashboardRoutes(dashboard: self, authorization: authorization).add(to: router)
    }
}

/// What a dashboard allows itself.
public struct DashboardConfiguration: Sendable {
    /// How many viewers may follow running recordings at the same time.
    public var mostViewers = 500
    /// How often a viewer who follows a recording hears something when it does not grow.
    public var heartbeat: Duration = .seconds(15)
    /// How many recordings are read at the same time to show a page or a state. Each may take as much memory as a member inflates to.
    public var readsAtOnce = 4
    /// How long a page or a state may take to be made, its waiting for others included.
    public var longestReading: Duration = .seconds(20)
    /// How much a recording may ask of its reader.
    public var limits = ReaderLimits(totalByteCount: 8 << 30)
    /// What the tokens of forms are made with: the same for all processes that serve the same dashboard. Each has its own when it is nil.
    public var secret: [UInt8]?

    /// Creates the default configuration.
    public init() {}
}
