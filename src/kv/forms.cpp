// The text is that of the first database format, so that a database keeps its indexes over this.
#include "forms.hpp"

#include <algorithm>

namespace scimkit::kv
{
namespace
{

constexpr std::string_view room_begins = "room ";
constexpr std::string_view not_to_be_trusted = "being rebuilt";

} // namespace

Forms::Forms(std::size_t room)
    : room_(std::string{room_begins} + std::to_string(room))
{
}

Forms::Forms(std::string_view text)
{
    while (!text.empty())
    {
        auto const end = text.find('\n');
        std::string_view const line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        auto const blank = line.find(' ');
        if (line.starts_with(room_begins))
            room_ = line;
        else if (blank != std::string_view::npos)
            add(line.substr(0, blank), line.substr(blank + 1));
    }
}

std::vector<std::string> const& Forms::of(std::string_view type) const
{
    static std::vector<std::string> const none;
    auto const found = types_.find(type);
    return found != types_.end() ? found->second : none;
}

void Forms::add(std::string_view type, std::string_view fact)
{
    auto& facts = types_[std::string{type}];
    facts.insert(std::ranges::upper_bound(facts, fact), std::string{fact});
}

void Forms::set(std::string_view type, std::vector<std::string> facts) { types_[std::string{type}] = std::move(facts); }

void Forms::distrust(std::string_view type) { set(type, {std::string{not_to_be_trusted}}); }

bool Forms::trusts(std::string_view type) const
{
    auto const& facts = of(type);
    return known() && (facts.size() != 1 || facts.front() != not_to_be_trusted);
}

std::string Forms::text() const
{
    std::string text = room_ + "\n";
    for (auto const& [type, facts] : types_)
        for (std::string const& fact : facts)
            text.append(type).append(" ").append(fact).append("\n");
    return text;
}

} // namespace scimkit::kv
