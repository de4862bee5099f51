// One JSON file, written when a run has succeeded, so that a run that fails is made again from where the last good one
// was.
#include <scimkit/connector/run_state.hpp>
#include <scimkit/core/date_time.hpp>

namespace scimkit::connector
{

namespace
{

constexpr std::size_t most_runs = 100; // in the history of a connection; older ones are forgotten

} // namespace

outcome<RunState> RunState::read(std::filesystem::path const& directory)
{
    RunState state;
    state.file_ = directory / "state.json";
    auto read = read_json(state.file_);
    if (!read)
        return read.error();
    state.state_ = std::move(*read);
    return state;
}

std::string RunState::text(std::string_view table, std::string const& type) const
{
    auto const* const texts = state_.if_contains(table);
    auto const* const text = texts && texts->is_object() ? texts->get_object().if_contains(type) : nullptr;
    return text && text->is_string() ? std::string{text->get_string()} : std::string{};
}

void RunState::set_text(std::string_view table, std::string const& type, std::string const& text)
{
    json::object texts;
    if (auto const* const known = state_.if_contains(table); known && known->is_object())
        texts = known->get_object();
    texts.insert_or_assign(type, text);
    state_.insert_or_assign(table, std::move(texts));
}

std::string RunState::watermark(std::string const& type) const { return text("watermarks", type); }
void RunState::set_watermark(std::string const& type, std::string const& time) { set_text("watermarks", type, time); }

std::string RunState::delta_token(std::string const& type) const { return text("deltaTokens", type); }
void RunState::set_delta_token(std::string const& type, std::string const& token)
{
    set_text("deltaTokens", type, token);
}

bool RunState::imported() const { return state_.contains("watermarks"); }

outcome<void> RunState::keep_run(std::string_view command, std::string const& begun, json::object result)
{
    result.erase("deviations");
    result["command"] = command;
    result["begun"] = begun;
    result["ended"] = time_now();
    auto runs = history();
    runs.emplace_back(std::move(result));
    while (runs.size() > most_runs)
        runs.erase(runs.begin());
    state_.insert_or_assign("history", std::move(runs));
    std::string text;
    write_json(text, state_);
    return write_file(file_, text);
}

json::array RunState::history() const
{
    auto const* const runs = state_.if_contains("history");
    return runs && runs->is_array() ? runs->get_array() : json::array{};
}

std::string time_now() { return time_in(std::chrono::seconds{0}); }

std::string time_in(std::chrono::seconds from_now)
{
    return format_date_time(std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now() + from_now));
}

} // namespace scimkit::connector
