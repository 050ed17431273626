public import Hummingbird
public import ReelStore

/// What somebody wants to do with a dashboard.
public enum DashboardAccess: Hashable, Sendable {
    /// To see the list. Of its recordings, only those that may be viewed are shown.
    case list
    /// To see a recording, whole.
    case view(StoredRecording)
    /// To delete a recording.
    case delete(StoredRecording)
    /// To delete all recordings, those included that may not be viewed.
    case clear
}

/// Who may do what with a dashboard.
///
/// It is asked at each request, with the application's own context: what the application's middleware has found out about the
/// visitor stands there.
///
/// ```swift
/// let authorization = DashboardAuthorization<AppContext> { access, request, context in
///     switch access {
///     case .list: true
///     case .view(let recording): recording.view?.hasPrefix("Shop.") == true
///     case .delete, .clear: context.user?.isAdmin == true
///     }
/// }
/// ```
public struct DashboardAuthorization<Context: RequestContext>: Sendable {
    let allows: @Sendable (DashboardAccess, Request, Context) async throws -> Bool

    /// Creates an authorization. An error that `allows` throws is the request's answer.
    public init(_ allows: @escaping @Sendable (DashboardAccess, Request, Context) async throws -> Bool) {
        self.allows = allows
    }

    /// Everybody may do everything.
    public static var everything: DashboardAuthorization { DashboardAuthorization { _, _, _ in true } }

    /// Everybody may list and view, nobody may delete.
    public static var viewing: DashboardAuthorization {
        DashboardAuthorization { access, _, _ in
            switch access {
            case .list, .view: true
            case .delete, .clear: false
            }
        }
    }
}
