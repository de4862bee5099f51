// Names damaged entries. Keys are read with care here: the damage may be in the key itself.
#include "damage.hpp"

#include "layout.hpp"

namespace scimkit::kv
{
namespace
{

std::optional<std::uint16_t> take_u16(std::string_view& key)
{
    if (key.size() < 2)
        return std::nullopt;
    auto const number =
        static_cast<std::uint16_t>(static_cast<unsigned char>(key[0]) << 8 | static_cast<unsigned char>(key[1]));
    key.remove_prefix(2);
    return number;
}

std::string name_of(std::optional<std::uint16_t> number, std::span<std::string const> names)
{
    return number && *number < names.size() ? names[*number] : "a type that is not known";
}

std::string in_quotes(std::string_view text) { return "'" + printable(text) + "'"; }

/// "'members' of Group 'id'", from the number of a large attribute and the text of an id.
std::string attribute_of(std::string_view rest, std::span<std::string const> names)
{
    std::string const name = name_of(take_u16(rest), names);
    auto const slash = name.find('/');
    auto const id = take_text(rest);
    std::string words =
        slash == std::string::npos ? name : in_quotes(name.substr(slash + 1)) + " of " + name.substr(0, slash);
    return words + " " + (id ? in_quotes(id_of_owner(*id)) : "without an id");
}

std::string describe_in_table(char table, std::string_view rest, std::span<std::string const> names)
{
    switch (table)
    {
    case 'R':
    {
        std::string const type = name_of(take_u16(rest), names);
        return "the record of " + type + " " + in_quotes(rest);
    }
    case 'E':
        return "an element of " + attribute_of(rest, names);
    case 'N':
        return "the number of elements of " + attribute_of(rest, names);
    case 'M':
        return "a reference from " + attribute_of(rest.substr(value_size(rest)), names);
    case 'I':
    {
        std::string const type = name_of(take_u16(rest), names);
        take_u16(rest); // which index
        return "an index entry of " + type + " " + in_quotes(rest.substr(value_size(rest)));
    }
    case 'U':
        return "a unique key of " + name_of(take_u16(rest), names);
    case 'C':
        return "the number of resources of " + name_of(take_u16(rest), names);
    case 'L':
        return "change " + (rest.size() == 8 ? std::to_string(read_u64(rest)) : std::string{"without a number"});
    case 'P':
        return "the place of a reader of the change log";
    case 'T':
        return "how far the change log is trimmed";
    case 'V':
        return "the last version given out";
    case 'X':
        return "the grave of " + attribute_of(rest, names);
    default:
        return "an entry of no known kind";
    }
}

} // namespace

std::string printable(std::string_view text)
{
    constexpr std::string_view hex = "0123456789abcdef";
    std::string out;
    for (char const c : text)
    {
        auto const byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7F)
            out.push_back(c);
        else
            out.append("\\x").append(1, hex[byte >> 4]).append(1, hex[byte & 0x0F]);
    }
    return out;
}

std::string describe_entry(std::string_view key, std::span<std::string const> names)
{
    if (key == meta_key)
        return "the description of the database";
    if (!key.starts_with(tenants_prefix))
        return "an entry of no tenant";
    std::string_view rest = key.substr(tenants_prefix.size());
    auto const tenant = take_text(rest);
    if (!tenant || rest.empty())
        return "an entry of no tenant";
    std::string words = describe_in_table(rest.front(), rest.substr(1), names);
    if (!tenant->empty())
        words.append(" (tenant ").append(in_quotes(*tenant)).append(")");
    return words;
}

Error damaged_entry(std::string_view key, std::span<std::string const> names)
{
    return {ErrorCode::corrupt, "The checksum of " + describe_entry(key, names) + " does not fit: it is damaged."};
}

} // namespace scimkit::kv
