// Forms: what a database says of the keys of each resource type: which indexes it has, which attributes are unique. One
// line of text per fact, so that two of them can be compared, and a difference be named.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::kv
{

class Forms
{
public:
    /// Reads CatalogRecord::indexes; empty text: nothing is known of any type.
    explicit Forms(std::string_view text);

    /// For keys with so much room for a value (value_room()).
    explicit Forms(std::size_t room);

    bool known() const noexcept { return !room_.empty(); }
    bool same_room(Forms const& other) const noexcept { return room_ == other.room_; }

    /// The facts of a type, sorted; none for a type that has none, or that is not known.
    std::vector<std::string> const& of(std::string_view type) const;

    void add(std::string_view type, std::string_view fact);
    void set(std::string_view type, std::vector<std::string> facts);
    /// Says that the keys of the type are not to be trusted: it has the form of no configuration.
    void distrust(std::string_view type);
    /// Whether what is said of the type, nothing included, is so.
    bool trusts(std::string_view type) const;

    std::map<std::string, std::vector<std::string>, std::less<>> const& types() const noexcept { return types_; }

    std::string text() const;

private:
    std::string room_;
    std::map<std::string, std::vector<std::string>, std::less<>> types_;
};

} // namespace scimkit::kv
