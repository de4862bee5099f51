// All checks in their order: what only reads comes first, so that a server that fails early was not written to.
#include "results.hpp"

#include <scimkit/client/discovery.hpp>

#include "../shared/terminal_text.hpp"

#include <algorithm>

namespace check
{

namespace
{

constexpr std::size_t max_shown_bytes = 2'000; // of a body in a report; cut

std::string cut(std::string text)
{
    if (text.size() > max_shown_bytes)
    {
        text.resize(max_shown_bytes);
        while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80)
            text.pop_back();
        if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0)
            text.pop_back();
        text += "...";
    }
    return text;
}

std::string answer_of(Asked const& asked)
{
    if (asked.status == 0)
        return asked.failure;
    std::string text;
    if (!asked.answer.is_null())
        scimkit::write_json(text, asked.answer);
    return std::to_string(asked.status) + (text.empty() ? "" : " " + cut(std::move(text)));
}

Verdict look(Check const& check, Session& session)
{
    if (check.writes && !session.may_write())
        return skipped("it would write; --write allows it");
    return check.look(session);
}

} // namespace

std::size_t Results::count(Verdict::Kind kind) const noexcept
{
    return static_cast<std::size_t>(
        std::count_if(rows.begin(), rows.end(), [&](Result const& row) { return row.verdict.kind == kind; }));
}

Results look_at_all(std::string url, Session& session, client::Client const& client,
                    std::function<void(std::size_t done, std::size_t all)> const& progress)
{
    Results results{std::move(url)};
    std::vector<Check> all;
    for (auto const group : {discovery_checks(), read_checks(), query_checks(), endpoint_checks(), cursor_checks(),
                             create_checks(), change_checks(), bulk_checks()})
        all.insert(all.end(), group.begin(), group.end());
    for (auto const& check : all)
    {
        auto verdict = look(check, session);
        results.rows.push_back({*find_requirement(check.id), std::move(verdict), session.take_asked()});
        progress(results.rows.size(), all.size());
    }
    results.left = session.clean_up();
    results.deviations = client.deviations().all();
    return results;
}

std::string_view to_string(Verdict::Kind kind) noexcept
{
    switch (kind)
    {
    case Verdict::Kind::holds:
        return "holds";
    case Verdict::Kind::fails:
        return "fails";
    case Verdict::Kind::skipped:
        return "skipped";
    }
    return "";
}

std::string text_of(Results const& results, bool verbose)
{
    std::string text;
    for (auto const& row : results.rows)
    {
        if (row.verdict.kind == Verdict::Kind::holds && !verbose)
            continue;
        text += std::string{to_string(row.verdict.kind)} + "  " + std::string{row.requirement.id} + " (" +
                std::string{row.requirement.level} + ")  " + std::string{row.requirement.says} + "\n";
        if (!row.verdict.why.empty())
            text += "       " + row.verdict.why + "\n";
        if (row.verdict.kind == Verdict::Kind::fails)
            for (auto const& asked : row.asked)
                text += "       > " + asked.method + " " + asked.target +
                        (asked.body.empty() ? "" : " " + cut(asked.body)) + "\n       < " + answer_of(asked) + "\n";
    }
    for (auto const& observed : results.deviations)
        text += "deviation " + std::string{client::name_of(observed.deviation)} + ": " + observed.first + "\n";
    for (auto const& target : results.left)
        text += "left behind: " + target + "\n";
    return samples::terminal_text(text, true) + std::to_string(results.count(Verdict::Kind::holds)) + " hold, " +
           std::to_string(results.count(Verdict::Kind::fails)) + " fail, " +
           std::to_string(results.count(Verdict::Kind::skipped)) + " skipped\n";
}

json::object json_of(Results const& results)
{
    json::array rows;
    for (auto const& row : results.rows)
    {
        json::array asked;
        for (auto const& each : row.asked)
            asked.emplace_back(json::object{{"method", each.method},
                                            {"target", each.target},
                                            {"body", cut(each.body)},
                                            {"status", each.status},
                                            {"answer", cut(answer_of(each))}});
        rows.emplace_back(json::object{{"id", row.requirement.id},
                                       {"section", row.requirement.section},
                                       {"level", row.requirement.level},
                                       {"requirement", row.requirement.says},
                                       {"verdict", to_string(row.verdict.kind)},
                                       {"why", row.verdict.why},
                                       {"asked", std::move(asked)}});
    }
    json::array deviations, left;
    for (auto const& observed : results.deviations)
        deviations.emplace_back(json::object{{"name", client::name_of(observed.deviation)}, {"first", observed.first}});
    for (auto const& target : results.left)
        left.emplace_back(target);
    return {{"url", results.url},
            {"holds", results.count(Verdict::Kind::holds)},
            {"fails", results.count(Verdict::Kind::fails)},
            {"skipped", results.count(Verdict::Kind::skipped)},
            {"rows", std::move(rows)},
            {"deviations", std::move(deviations)},
            {"left", std::move(left)}};
}

} // namespace check
