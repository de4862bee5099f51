// The results as one HTML file, without scripts: details open and close by themselves.
#include "results.hpp"

namespace check
{

namespace
{

constexpr char const* head = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>SCIM conformance</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1b2733 }
h1 { font-size: 1.6rem } details { border-bottom: 1px solid #dfe5ea; padding: .4rem 0 } summary { cursor: pointer }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f3f6f8; padding: .6rem; font-size: 13px }
b { display: inline-block; width: 5rem } .holds b { color: #1a7f37 } .fails b { color: #b42318 } .skipped b { color: #6b7785 }
code { color: #51606d }
</style></head><body><h1>SCIM conformance</h1>
)";

std::string escaped(std::string_view text)
{
    std::string out;
    for (char const c : text)
        if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '&')
            out += "&amp;";
        else if (c == '"')
            out += "&quot;";
        else
            out += c;
    return out;
}

} // namespace

std::string page_of(Results const& results)
{
    auto const all = json_of(results);
    std::string page = head;
    page += "<p>" + escaped(results.url) + ": " + std::to_string(results.count(Verdict::Kind::holds)) +
            " requirements hold, " + std::to_string(results.count(Verdict::Kind::fails)) + " do not, " +
            std::to_string(results.count(Verdict::Kind::skipped)) + " were not looked at.</p>\n";
    for (auto const& row : all.at("rows").as_array())
    {
        auto const text = [&](char const* name) { return escaped(row.at(name).as_string()); };
        page += "<details class=\"" + text("verdict") + "\"><summary><b>" + text("verdict") + "</b> " +
                text("requirement") + " <code>" + text("id") + " " + text("level") + "</code></summary>";
        if (!row.at("why").as_string().empty())
            page += "<p>" + text("why") + "</p>";
        for (auto const& asked : row.at("asked").as_array())
            page += "<pre>" + escaped(asked.at("method").as_string()) + " " + escaped(asked.at("target").as_string()) +
                    "\n" + escaped(asked.at("body").as_string()) + "\n\n" + escaped(asked.at("answer").as_string()) +
                    "</pre>";
        page += "</details>\n";
    }
    for (auto const& target : results.left)
        page += "<p class=\"fails\"><b>left</b> behind: " + escaped(target) + "</p>\n";
    return page + "</body></html>\n";
}

} // namespace check
