// How far an import is, as text that a later one goes on from.
#include <scimkit/core/json.hpp>
#include <scimkit/maintenance/import.hpp>

#include "import_batch.hpp"

namespace scimkit
{

namespace maintenance
{

bool is_run(std::string_view run)
{
    return run.size() == 28 && run.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

} // namespace maintenance

using maintenance::is_run;

std::string write_import_progress(ImportProgress const& progress)
{
    json::object object;
    object["run"] = progress.run;
    object["bytes"] = progress.bytes;
    object["lines"] = progress.lines;
    object["created"] = progress.created;
    object["refused"] = progress.refused;
    object["there"] = progress.there;
    std::string text;
    write_json(text, std::move(object));
    return text;
}

result<ImportProgress> read_import_progress(std::string_view text)
{
    Error const wrong{ErrorCode::invalid_value, "This is not the progress of an import."};
    auto const parsed = parse_json(text);
    auto const* const object = parsed ? parsed->if_object() : nullptr;
    auto const* const run = object ? object->if_contains("run") : nullptr;
    if (!run || !run->is_string() || !is_run(std::string_view{run->get_string()}))
        return wrong;
    ImportProgress progress;
    progress.run = run->get_string();
    for (auto const& [name, into] :
         {std::pair{"bytes", &ImportProgress::bytes}, std::pair{"lines", &ImportProgress::lines},
          std::pair{"created", &ImportProgress::created}, std::pair{"refused", &ImportProgress::refused},
          std::pair{"there", &ImportProgress::there}})
    {
        auto const* const value = object->if_contains(name);
        boost::system::error_code error;
        auto const number = value ? value->to_number<std::uint64_t>(error) : std::uint64_t{0};
        if (!value || error)
            return wrong;
        progress.*into = number;
    }
    return progress;
}

} // namespace scimkit
