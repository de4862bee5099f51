// One place writes, so that stdout is either text for a human or one JSON object, and never both.
#include "output.hpp"

#include "../shared/terminal_text.hpp"

#include <algorithm>
#include <iostream>

namespace connector
{

namespace client = scimkit::client;
namespace json = scimkit::json;

Exit exit_of(client::Failure const& failure) noexcept
{
    switch (failure.kind)
    {
    case client::FailureKind::unreachable:
    case client::FailureKind::untrusted:
    case client::FailureKind::timed_out:
    case client::FailureKind::cut_off:
        return Exit::unreachable;
    case client::FailureKind::credentials:
        return Exit::unauthorised;
    case client::FailureKind::not_scim:
    case client::FailureKind::redirected:
        return Exit::no_scim;
    case client::FailureKind::too_large:
    case client::FailureKind::malformed:
    case client::FailureKind::inconsistent:
        return Exit::wrong_answers;
    case client::FailureKind::misuse:
        return failure.error.code == scimkit::ErrorCode::forbidden ? Exit::refused : Exit::usage;
    case client::FailureKind::cancelled:
    case client::FailureKind::refused:
        break;
    }
    return failure.status == 401 || failure.status == 403 ? Exit::unauthorised : Exit::failed;
}

void Output::say(std::string_view line)
{
    if (!as_json_)
        std::cout << samples::terminal_text(line) << '\n';
}

void Output::table(std::vector<std::string> const& head, std::vector<std::vector<std::string>> const& rows)
{
    if (as_json_)
        return;
    std::vector<std::size_t> widths(head.size());
    auto const measure = [&](std::vector<std::string> const& row)
    {
        for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    };
    auto const print = [&](std::vector<std::string> const& row)
    {
        std::string line;
        for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i)
            line += row[i] + (i + 1 < row.size() ? std::string(widths[i] - row[i].size() + 2, ' ') : std::string{});
        std::cout << samples::terminal_text(line) << '\n';
    };
    measure(head);
    std::for_each(rows.begin(), rows.end(), measure);
    print(head);
    std::for_each(rows.begin(), rows.end(), print);
}

void Output::finish(json::object const& result)
{
    if (!as_json_)
        return;
    std::string text;
    scimkit::write_json(text, result);
    std::cout << text << '\n';
}

void Output::progress(std::string_view what, std::uint64_t done, std::optional<std::uint64_t> total)
{
    auto const now = std::chrono::steady_clock::now();
    if (!progress_ || now - last_ < std::chrono::milliseconds{200})
        return;
    last_ = now;
    under_way_ = true;
    std::cerr << '\r' << samples::terminal_text(what) << ' ' << done;
    if (total)
        std::cerr << " of " << *total;
    std::cerr << "   " << std::flush;
}

void Output::end_progress()
{
    if (under_way_)
        std::cerr << '\n';
    under_way_ = false;
}

Exit Output::complain(client::Failure const& failure)
{
    end_progress();
    std::cerr << "scimkit-connector: " << samples::terminal_text(client::describe(failure)) << '\n';
    finish({{"ok", false},
            {"failure", client::to_string(failure.kind)},
            {"status", failure.status},
            {"detail", failure.error.detail}});
    return exit_of(failure);
}

std::string csv_field(std::string_view text)
{
    std::string field = "\"";
    if (!text.empty() && std::string_view{"=+-@\t\r"}.find(text.front()) != std::string_view::npos)
        field += '\'';
    for (char const c : text)
    {
        if (c == '"')
            field += '"';
        field += c;
    }
    return field + '"';
}

std::string html_text(std::string_view text)
{
    std::string out;
    for (char const c : text)
        switch (c)
        {
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '&':
            out += "&amp;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\'':
            out += "&#39;";
            break;
        default:
            out += c;
        }
    return out;
}

} // namespace connector
