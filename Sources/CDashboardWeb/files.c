// The dashboard's files, put into the program by the compiler as they are. A new file needs its lines here.
#include "CDashboardWeb.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char dashboard_css[] = {
#embed "../ReelDashboard/Web/dashboard.css"
};
static const unsigned char player_js[] = {
#embed "../ReelDashboard/Web/player.js"
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
    {"dashboard.css", dashboard_css, sizeof dashboard_css},
    {"player.js", player_js, sizeof player_js},
    {"assigns.mustache", assigns_mustache, sizeof assigns_mustache},
    {"confirm.mustache", confirm_mustache, sizeof confirm_mustache},
    {"error.mustache", error_mustache, sizeof error_mustache},
    {"list.mustache", list_mustache, sizeof list_mustache},
    {"player.mustache", player_mustache, sizeof player_mustache},
    {"row.mustache", row_mustache, sizeof row_mustache},
};

struct dashboard_file dashboard_file_at(size_t index) {
    struct dashboard_file none = {0, 0, 0};
    return index < sizeof files / sizeof files[0] ? files[index] : none;
}
