import HTTPTypes
import Reel
import ReelStore

/// Why a request is not answered as asked.
struct DashboardError: Error {
    var status: HTTPResponse.Status
    /// What is wrong, for the visitor.
    var reason: String
    var headers: HTTPFields = [:]

    init(_ status: HTTPResponse.Status, _ reason: String, headers: HTTPFields = [:]) {
        self.status = status
        self.reason = reason
        self.headers = headers
    }

    static func badRequest(_ reason: String) -> DashboardError { DashboardError(.badRequest, reason) }
    static func forbidden(_ reason: String) -> DashboardError { DashboardError(.forbidden, reason) }
    static func unreadable(_ reason: String) -> DashboardError { DashboardError(.unprocessableContent, reason) }
    /// Come again in so many seconds.
    static func busy(_ reason: String, retryAfter seconds: Int) -> DashboardError {
        DashboardError(.serviceUnavailable, reason, headers: [.retryAfter: String(seconds)])
    }
    static func notFound(_ reason: String) -> DashboardError { DashboardError(.notFound, reason) }

    /// The answer to an error, or nil when it is not for the visitor to see.
    init?(_ error: any Error) {
        switch error {
        case let error as DashboardError: self = error
        case let error as StoreError: self.init(error)
        case let error as ReelError:
            self = error.kind == .noSuchEvent ? .notFound(error.reason) : .unreadable("\(error)")
        case let error as TemplateError: self = .unreadable("\(error)")
        default: return nil
        }
    }

    private init?(_ error: StoreError) {
        switch error.kind {
        case .notFound, .invalidID: self = .notFound(error.reason)
        case .invalidQuery: self = .badRequest(error.reason)
        case .invalidRecording: self = .unreadable(error.reason)
        case .readOnly: self = .forbidden("this store can be read only")
        case .unavailable: self = .busy("the store cannot be reached", retryAfter: 5)
        case .conflict, .full, .invalidLocation, .inputOutput: return nil
        }
    }
}
