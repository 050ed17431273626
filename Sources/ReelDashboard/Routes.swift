/// The addresses of the dashboard, below wherever it is mounted. The server and the files in `Web` agree on what stands here.
///
/// | request | answer |
/// | --- | --- |
/// | `GET /` | the list, as HTML; see "The list" |
/// | `GET /delete?…`, `POST /delete` | asks whether to delete what the same filter lists; deletes it |
/// | `GET /clear`, `POST /clear` | asks whether to delete everything; does |
/// | `GET /recordings/ID` | the player's page, see "The player"; `?event=N` is where it starts |
/// | `GET /recordings/ID/bytes` | the recording's bytes, see "Bytes"; `?download` names them as a file |
/// | `GET /recordings/ID/live` | how the recording grows, see "Live" |
/// | `GET /recordings/ID/page?event=N` | the view after event N as HTML, for an `<iframe sandbox>`; -1 is before the first one |
/// | `GET /recordings/ID/asset?address=A` | what stands at an address that the recording's pages write: a style sheet as text, an image as a `data:` address; 204 when there is nothing |
/// | `GET /recordings/ID/state?event=N&mapping=M` | the state after event N; M is `elixir` (text, the default), `tagged` or `plain` (JSON) |
/// | `GET /recordings/ID/delete`, `POST /recordings/ID/delete` | asks whether to delete the recording; does |
/// | `GET /assets/HASH/NAME` | a file of `Web`, for ever: HASH is that of all of them, so that modules import each other by `./NAME` |
///
/// Every link is relative. Errors are HTML for pages and one line of text otherwise; an id or an event that is not there is 404,
/// a request that makes no sense 400, one that is not allowed 403, a recording that cannot be read 422.
///
/// **The list.** Each filter is a parameter: `text`, `view`, `url`, `event` (may come again), `from`, `to` (`2026-01-31T12:00`,
/// UTC, or `7d` ago), `longer`, `shorter` (seconds), `larger`, `smaller` (bytes; `10k`, `5M`), `min_events`, `max_events`,
/// `min_errors`, `max_errors`, `id` (a prefix), `status` (`running` or `finished`), `order` (`connected`, `duration`, `size`,
/// `events`, `errors`, `saved`), `reverse` (`1`), `limit`, `after` (a cursor). Empty ones count as not given.
///
/// **The player.** `Pages/player.mustache`: what can be seen without JavaScript, links to `dashboard.css` and `player.js` (a module),
/// and a block `<script type="application/json" id="reel">` with an object:
///
/// | key | value |
/// | --- | --- |
/// | `id`, `view`, `url`, `connectedAt`, `duration`, `byteCount`, `eventCount`, `errorCount`, `isFinished`, `damage` | as the store says; `null` when unknown; times in milliseconds |
/// | `event` | where to start, or `null` |
/// | `links` | relative addresses: `list`, `bytes`, `live`, `page`, `state`, `delete`; `asset` where there may be some |
/// | `csrf` | what forms send as the field `csrf` (`application/x-www-form-urlencoded`) |
/// | `mayDelete` | whether the visitor may delete the recording |
/// | `template` | `{"file": "Shop.CartLive.mustache", "isThere": true}` |
///
/// **Bytes.** `application/gzip`, with `Accept-Ranges`, and `ETag` by length. `Range: bytes=A-B`, `A-` and `-N` give 206 and no
/// more than 8 MiB, even when more is asked for: `Content-Range` says what came and how long the recording is now. What has been
/// read of a running recording stays as it grows. When it has finished, and once more within seconds, it may be replaced by a
/// smaller form of itself: read it from the start after `finished`, and again when `Content-Range` has another length than before.
/// Several ranges count as none, a range outside of the recording is 416.
///
/// **Live.** Server-sent events; the first comes at once:
///
/// | event | data | |
/// | --- | --- | --- |
/// | `grown` | `{"byteCount": 812, "eventCount": 40}` | so much there is now |
/// | `finished` | the same | the recording has its end; the stream ends |
/// | `deleted` | `{}` | the recording is gone; the stream ends |
///
/// Close the `EventSource` at the last two. A comment comes when nothing else has for 15 seconds. 503 means that there are too many
/// viewers.
package enum Routes {
    /// The most bytes of an answer to a range request.
    package static let mostRangeBytes = 8 << 20
}
