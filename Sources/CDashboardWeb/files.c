// The dashboard's files, put into the program by the compiler as they are: its own, the reader in JavaScript, its pages' templates.
// A new file needs its lines here.
#include "CDashboardWeb.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char address_js[] = {
#embed "../ReelDashboard/Web/address.js"
};
static const unsigned char browser_input_js[] = {
#embed "../ReelDashboard/Web/browser-input.js"
};
static const unsigned char bytes_js[] = {
#embed "../ReelDashboard/Web/bytes.js"
};
static const unsigned char client_js[] = {
#embed "../ReelDashboard/Web/client.js"
};
static const unsigned char dashboard_css[] = {
#embed "../ReelDashboard/Web/dashboard.css"
};
static const unsigned char dom_js[] = {
#embed "../ReelDashboard/Web/dom.js"
};
static const unsigned char engine_js[] = {
#embed "../ReelDashboard/Web/engine.js"
};
static const unsigned char event_list_js[] = {
#embed "../ReelDashboard/Web/event-list.js"
};
static const unsigned char event_pane_js[] = {
#embed "../ReelDashboard/Web/event-pane.js"
};
static const unsigned char keys_js[] = {
#embed "../ReelDashboard/Web/keys.js"
};
static const unsigned char kinds_js[] = {
#embed "../ReelDashboard/Web/kinds.js"
};
static const unsigned char labels_js[] = {
#embed "../ReelDashboard/Web/labels.js"
};
static const unsigned char page_assets_js[] = {
#embed "../ReelDashboard/Web/page-assets.js"
};
static const unsigned char page_bar_js[] = {
#embed "../ReelDashboard/Web/page-bar.js"
};
static const unsigned char page_dom_js[] = {
#embed "../ReelDashboard/Web/page-dom.js"
};
static const unsigned char page_frame_js[] = {
#embed "../ReelDashboard/Web/page-frame.js"
};
static const unsigned char page_inputs_js[] = {
#embed "../ReelDashboard/Web/page-inputs.js"
};
static const unsigned char payload_js[] = {
#embed "../ReelDashboard/Web/payload.js"
};
static const unsigned char playback_js[] = {
#embed "../ReelDashboard/Web/playback.js"
};
static const unsigned char player_css[] = {
#embed "../ReelDashboard/Web/player.css"
};
static const unsigned char player_js[] = {
#embed "../ReelDashboard/Web/player.js"
};
static const unsigned char pointer_overlay_js[] = {
#embed "../ReelDashboard/Web/pointer-overlay.js"
};
static const unsigned char pointer_track_js[] = {
#embed "../ReelDashboard/Web/pointer-track.js"
};
static const unsigned char scrubber_js[] = {
#embed "../ReelDashboard/Web/scrubber.js"
};
static const unsigned char session_js[] = {
#embed "../ReelDashboard/Web/session.js"
};
static const unsigned char shown_js[] = {
#embed "../ReelDashboard/Web/shown.js"
};
static const unsigned char tabs_js[] = {
#embed "../ReelDashboard/Web/tabs.js"
};
static const unsigned char tree_view_js[] = {
#embed "../ReelDashboard/Web/tree-view.js"
};
static const unsigned char tree_js[] = {
#embed "../ReelDashboard/Web/tree.js"
};
static const unsigned char visit_js[] = {
#embed "../ReelDashboard/Web/visit.js"
};
static const unsigned char worker_js[] = {
#embed "../ReelDashboard/Web/worker.js"
};
static const unsigned char content_js[] = {
#embed "../../Spec/readers/javascript/content.js"
};
static const unsigned char elixir_text_js[] = {
#embed "../../Spec/readers/javascript/elixir-text.js"
};
static const unsigned char erlang_text_js[] = {
#embed "../../Spec/readers/javascript/erlang-text.js"
};
static const unsigned char inflate_js[] = {
#embed "../../Spec/readers/javascript/inflate.js"
};
static const unsigned char json_js[] = {
#embed "../../Spec/readers/javascript/json.js"
};
static const unsigned char known_structs_js[] = {
#embed "../../Spec/readers/javascript/known-structs.js"
};
static const unsigned char members_js[] = {
#embed "../../Spec/readers/javascript/members.js"
};
static const unsigned char page_text_js[] = {
#embed "../../Spec/readers/javascript/page-text.js"
};
static const unsigned char page_tree_js[] = {
#embed "../../Spec/readers/javascript/page-tree.js"
};
static const unsigned char pages_js[] = {
#embed "../../Spec/readers/javascript/pages.js"
};
static const unsigned char phoenix_replay_js[] = {
#embed "../../Spec/readers/javascript/phoenix-replay.js"
};
static const unsigned char reel_js[] = {
#embed "../../Spec/readers/javascript/reel.js"
};
static const unsigned char source_js[] = {
#embed "../../Spec/readers/javascript/source.js"
};
static const unsigned char terms_js[] = {
#embed "../../Spec/readers/javascript/terms.js"
};
static const unsigned char timeline_js[] = {
#embed "../../Spec/readers/javascript/timeline.js"
};
static const unsigned char assigns_mustache[] = {
#embed "../ReelDashboard/Pages/assigns.mustache"
};
static const unsigned char confirm_mustache[] = {
#embed "../ReelDashboard/Pages/confirm.mustache"
};
static const unsigned char error_mustache[] = {
#embed "../ReelDashboard/Pages/error.mustache"
};
static const unsigned char export_mustache[] = {
#embed "../ReelDashboard/Pages/export.mustache"
};
static const unsigned char icon_mustache[] = {
#embed "../ReelDashboard/Pages/icon.mustache"
};
static const unsigned char list_mustache[] = {
#embed "../ReelDashboard/Pages/list.mustache"
};
static const unsigned char player_mustache[] = {
#embed "../ReelDashboard/Pages/player.mustache"
};
static const unsigned char row_mustache[] = {
#embed "../ReelDashboard/Pages/row.mustache"
};

static const struct dashboard_file files[] = {
    {"address.js", address_js, sizeof address_js},
    {"browser-input.js", browser_input_js, sizeof browser_input_js},
    {"bytes.js", bytes_js, sizeof bytes_js},
    {"client.js", client_js, sizeof client_js},
    {"dashboard.css", dashboard_css, sizeof dashboard_css},
    {"dom.js", dom_js, sizeof dom_js},
    {"engine.js", engine_js, sizeof engine_js},
    {"event-list.js", event_list_js, sizeof event_list_js},
    {"event-pane.js", event_pane_js, sizeof event_pane_js},
    {"keys.js", keys_js, sizeof keys_js},
    {"kinds.js", kinds_js, sizeof kinds_js},
    {"labels.js", labels_js, sizeof labels_js},
    {"page-assets.js", page_assets_js, sizeof page_assets_js},
    {"page-bar.js", page_bar_js, sizeof page_bar_js},
    {"page-dom.js", page_dom_js, sizeof page_dom_js},
    {"page-frame.js", page_frame_js, sizeof page_frame_js},
    {"page-inputs.js", page_inputs_js, sizeof page_inputs_js},
    {"payload.js", payload_js, sizeof payload_js},
    {"playback.js", playback_js, sizeof playback_js},
    {"player.css", player_css, sizeof player_css},
    {"player.js", player_js, sizeof player_js},
    {"pointer-overlay.js", pointer_overlay_js, sizeof pointer_overlay_js},
    {"pointer-track.js", pointer_track_js, sizeof pointer_track_js},
    {"scrubber.js", scrubber_js, sizeof scrubber_js},
    {"session.js", session_js, sizeof session_js},
    {"shown.js", shown_js, sizeof shown_js},
    {"tabs.js", tabs_js, sizeof tabs_js},
    {"tree-view.js", tree_view_js, sizeof tree_view_js},
    {"tree.js", tree_js, sizeof tree_js},
    {"visit.js", visit_js, sizeof visit_js},
    {"worker.js", worker_js, sizeof worker_js},
    {"content.js", content_js, sizeof content_js},
    {"elixir-text.js", elixir_text_js, sizeof elixir_text_js},
    {"erlang-text.js", erlang_text_js, sizeof erlang_text_js},
    {"inflate.js", inflate_js, sizeof inflate_js},
    {"json.js", json_js, sizeof json_js},
    {"known-structs.js", known_structs_js, sizeof known_structs_js},
    {"members.js", members_js, sizeof members_js},
    {"page-text.js", page_text_js, sizeof page_text_js},
    {"page-tree.js", page_tree_js, sizeof page_tree_js},
    {"pages.js", pages_js, sizeof pages_js},
    {"phoenix-replay.js", phoenix_replay_js, sizeof phoenix_replay_js},
    {"reel.js", reel_js, sizeof reel_js},
    {"source.js", source_js, sizeof source_js},
    {"terms.js", terms_js, sizeof terms_js},
    {"timeline.js", timeline_js, sizeof timeline_js},
    {"assigns.mustache", assigns_mustache, sizeof assigns_mustache},
    {"confirm.mustache", confirm_mustache, sizeof confirm_mustache},
    {"error.mustache", error_mustache, sizeof error_mustache},
    {"export.mustache", export_mustache, sizeof export_mustache},
    {"icon.mustache", icon_mustache, sizeof icon_mustache},
    {"list.mustache", list_mustache, sizeof list_mustache},
    {"player.mustache", player_mustache, sizeof player_mustache},
    {"row.mustache", row_mustache, sizeof row_mustache},
};

struct dashboard_file dashboard_file_at(size_t index) {
    struct dashboard_file none = {0, 0, 0};
    return index < sizeof files / sizeof files[0] ? files[index] : none;
}
