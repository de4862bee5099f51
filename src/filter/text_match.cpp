#include "text_match.hpp"

#include <scimkit/core/text.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace scimkit::detail
{

namespace
{

struct AsIs
{
    constexpr unsigned char operator()(char c) const noexcept { return static_cast<unsigned char>(c); }
};

struct Folded
{
    constexpr unsigned char operator()(char c) const noexcept
    {
        return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
};

bool is_ascii(std::string_view text) noexcept
{
    return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

/// `text` has the length of `key`.
template <class Fold>
bool equal(std::string_view text, std::string_view key, Fold fold) noexcept
{
    return std::equal(text.begin(), text.end(), key.begin(), [fold](char a, char b) { return fold(a) == AsIs{}(b); });
}

template <class Fold>
int compare(std::string_view text, std::string_view key, Fold fold) noexcept
{
    std::size_t const common = std::min(text.size(), key.size());
    for (std::size_t i = 0; i < common; ++i)
    {
        if (int const difference = fold(text[i]) - AsIs{}(key[i]); difference != 0)
        {
            return difference;
        }
    }
    return (text.size() > key.size()) - (text.size() < key.size());
}

/// Knuth, Morris and Pratt: linear whatever a client wrote into the resource and into the filter.
template <class Fold>
bool contains_linear(std::string_view text, std::string_view key, Fold fold)
{
    std::vector<std::size_t> border(key.size(), 0);
    for (std::size_t i = 1, length = 0; i < key.size(); ++i)
    {
        while (length > 0 && key[i] != key[length])
        {
            length = border[length - 1];
        }
        length += key[i] == key[length] ? 1U : 0U;
        border[i] = length;
    }
    std::size_t matched = 0;
    for (char const c : text)
    {
        while (matched > 0 && fold(c) != AsIs{}(key[matched]))
        {
            matched = border[matched - 1];
        }
        matched += fold(c) == AsIs{}(key[matched]) ? 1U : 0U;
        if (matched == key.size())
        {
            return true;
        }
    }
    return false;
}

template <class Fold>
bool contains(std::string_view text, std::string_view key, Fold fold)
{
    constexpr std::size_t longest_plain_search = 32; // beyond, the product of the lengths would matter
    if (key.size() > text.size())
    {
        return false;
    }
    if (key.size() > longest_plain_search)
    {
        return contains_linear(text, key, fold);
    }
    for (std::size_t start = 0; start + key.size() <= text.size(); ++start)
    {
        if (equal(text.substr(start, key.size()), key, fold))
        {
            return true;
        }
    }
    return false;
}

template <class Fold>
bool match(std::string_view text, CompareOperator op, std::string_view key, Fold fold)
{
    bool const long_enough = text.size() >= key.size();
    switch (op)
    {
    case CompareOperator::eq:
        return text.size() == key.size() && equal(text, key, fold);
    case CompareOperator::ne:
        return text.size() != key.size() || !equal(text, key, fold);
    case CompareOperator::co:
        return contains(text, key, fold);
    case CompareOperator::sw:
        return long_enough && equal(text.substr(0, key.size()), key, fold);
    case CompareOperator::ew:
        return long_enough && equal(text.substr(text.size() - key.size()), key, fold);
    case CompareOperator::gt:
        return compare(text, key, fold) > 0;
    case CompareOperator::ge:
        return compare(text, key, fold) >= 0;
    case CompareOperator::lt:
        return compare(text, key, fold) < 0;
    case CompareOperator::le:
        break;
    }
    return compare(text, key, fold) <= 0;
}

} // namespace

bool match_text(std::string_view stored, CompareOperator op, std::string_view literal_key, bool case_exact)
{
    if (!is_ascii(stored))
    {
        return match(comparison_key(stored, case_exact), op, literal_key, AsIs{});
    }
    return case_exact ? match(stored, op, literal_key, AsIs{}) : match(stored, op, literal_key, Folded{});
}

namespace
{

/// The parts of a resource URI that matter: base without version, endpoint and id.
struct ResourceUri
{
    std::string_view base;     ///< empty when relative
    std::string_view resource; ///< "Users/1"; empty if this is no resource URI
};

/// Cuts the last segment of a path off and returns it, without its slash.
std::string_view cut_segment(std::string_view& path) noexcept
{
    auto const slash = path.rfind('/');
    std::string_view const segment = slash == std::string_view::npos ? path : path.substr(slash + 1);
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
    return segment;
}

bool is_version(std::string_view segment) noexcept
{
    return segment.size() >= 2 && (segment.front() == 'v' || segment.front() == 'V') &&
           segment.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

ResourceUri split(std::string_view uri) noexcept
{
    std::string_view base = uri;
    std::string_view const id = cut_segment(base);
    std::string_view const endpoint = cut_segment(base);
    if (id.empty() || endpoint.empty() || endpoint == "..")
    {
        return {};
    }
    std::string_view without_version = base;
    if (is_version(cut_segment(without_version)))
    {
        base = without_version;
    }
    bool const absolute = uri.find("://") != std::string_view::npos;
    if (absolute && base.find("://") == std::string_view::npos)
    {
        return {}; // "https://Users/1": a host, not an endpoint
    }
    return {.base = absolute ? base : std::string_view{},
            .resource = uri.substr(uri.size() - id.size() - endpoint.size() - 1)};
}

} // namespace

bool same_resource_uri(std::string_view a, std::string_view b) noexcept
{
    if (a == b)
    {
        return true;
    }
    ResourceUri const left = split(a);
    ResourceUri const right = split(b);
    return !left.resource.empty() && left.resource == right.resource &&
           (left.base == right.base || left.base.empty() || right.base.empty());
}

} // namespace scimkit::detail
