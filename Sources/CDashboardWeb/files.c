// The dashboard's files, put into the program by the compiler as they are. A new file needs its lines here.
#include "CDashboardWeb.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char dashboard_css[] = {
#embed "../ReelDashboard/Web/dashboard.css"
};
static const unsigned char player_js[] = {
#embed "../ReelDashboard/Web/player.js"
};
static const unsigned char player_mustache[] = {
#embed "../ReelDashboard/Pages/player.mustache"
};

static const struct dashboard_file files[] = {
    {"dashboard.css", dashboard_css, sizeof dashboard_css},
    {"player.js", player_js, sizeof player_js},
    {"player.mustache", player_mustache, sizeof player_mustache},
};

struct dashboard_file dashboard_file_at(size_t index) {
    struct dashboard_file none = {0, 0, 0};
    return index < sizeof files / sizeof files[0] ? files[index] : none;
}
