import Hummingbird
import NIOCore

/// What a dashboard's own server knows of a request.
struct ServerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection that the request came over.
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

/// Ends the work for a request when its connection has been closed.
struct EndsWithConnection: RouterMiddleware {
    typealias Context = ServerContext

    let table: ConnectionTable

    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        try await Abandonment.$current.withValue(table.abandonment(of: context.channel)) {
            try await next(request, context)
        }
    }
}
