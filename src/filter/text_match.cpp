// Comparison of stored text: fast for ASCII, and linear in what is compared whatever a client wrote on either side (RFC
// 7644 section 3.4.2.2).
#include "text_match.hpp"

#include <scimkit/core/text.hpp>

#include "../core/eight_bytes.hpp"

#include <algorithm>
#include <array>
#include <cstring>
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

void fold_ascii(char* out, std::string_view text) noexcept
{
    std::transform(text.begin(), text.end(), out, [](char c) { return static_cast<char>(Folded{}(c)); });
}

/// `text` has the length of `key`.
template <class Fold>
bool equal(std::string_view text, std::string_view key, Fold fold) noexcept
{
    if (text == key) // the usual way to be equal, and faster
        return true;
    return std::equal(text.begin(), text.end(), key.begin(), [fold](char a, char b) { return fold(a) == AsIs{}(b); });
}

template <class Fold>
int compare(std::string_view text, std::string_view key, Fold fold) noexcept
{
    std::size_t const common = std::min(text.size(), key.size());
    for (std::size_t i = 0; i < common; ++i)
        if (int const difference = fold(text[i]) - AsIs{}(key[i]); difference != 0)
            return difference;
    return (text.size() > key.size()) - (text.size() < key.size());
}

/// Knuth, Morris and Pratt: linear whatever a client wrote into the resource and into the filter.
bool contains_linear(std::string_view text, std::string_view key)
{
    std::vector<std::size_t> border(key.size(), 0);
    for (std::size_t i = 1, length = 0; i < key.size(); ++i)
    {
        while (length > 0 && key[i] != key[length])
            length = border[length - 1];
        length += key[i] == key[length] ? 1U : 0U;
        border[i] = length;
    }
    std::size_t matched = 0;
    for (char const c : text)
    {
        while (matched > 0 && c != key[matched])
            matched = border[matched - 1];
        matched += c == key[matched] ? 1U : 0U;
        if (matched == key.size())
            return true;
    }
    return false;
}

/// Goes from one first letter of the key to the next, which is fastest for all that people write; gives way to the
/// linear search as soon as more letters were compared in vain than that is worth.
bool contains(std::string_view text, std::string_view key)
{
    if (key.empty())
        return true;
    std::size_t in_vain = 0;
    for (std::size_t at = 0; at + key.size() <= text.size(); ++at)
    {
        void const* const found = std::memchr(text.data() + at, key.front(), text.size() - key.size() - at + 1);
        if (!found)
            return false;
        at = static_cast<std::size_t>(static_cast<char const*>(found) - text.data());
        std::size_t same = 1;
        while (same < key.size() && text[at + same] == key[same])
            ++same;
        if (same == key.size())
            return true;
        in_vain += same;
        if (in_vain > 64 + 2 * at)
            return contains_linear(text.substr(at + 1), key);
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
        break; // not here: see TextMatcher
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
        return compare(text, key, fold) <= 0;
    }
    return false;
}

} // namespace

bool TextMatcher::match(std::string_view stored, CompareOperator op, std::string_view literal_key, bool case_exact)
{
    if (!spend(stored.size()))
        return false;
    if (!is_ascii(stored))
    {
        std::string const* const key = key_of(stored, case_exact);
        return key && spend(key->size()) &&
               (op == CompareOperator::co ? contains(*key, literal_key) : detail::match(*key, op, literal_key, AsIs{}));
    }
    if (op == CompareOperator::co)
        return case_exact ? contains(stored, literal_key) : contains_folded(stored, literal_key);
    return case_exact ? detail::match(stored, op, literal_key, AsIs{})
                      : detail::match(stored, op, literal_key, Folded{});
}

bool TextMatcher::contains_folded(std::string_view stored, std::string_view literal_key)
{
    if (stored.size() < literal_key.size())
        return false;
    if (stored.size() <= short_text)
    {
        std::array<char, short_text> folded;
        fold_ascii(folded.data(), stored);
        return contains({folded.data(), stored.size()}, literal_key);
    }
    auto const [known, is_new] = keys_.try_emplace(Known{stored.data(), stored.size(), false});
    if (is_new)
    {
        known->second.resize(stored.size());
        fold_ascii(known->second.data(), stored);
    }
    return contains(known->second, literal_key);
}

/// Null when there is no more to spend.
std::string const* TextMatcher::key_of(std::string_view stored, bool case_exact)
{
    Known const value{stored.data(), stored.size(), case_exact};
    auto known = keys_.find(value);
    if (known == keys_.end())
    {
        if (!spend(Budget::fold * stored.size()))
            return nullptr;
        known = keys_.emplace(value, comparison_key(stored, case_exact)).first;
    }
    return &known->second;
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
        return {};
    std::string_view without_version = base;
    if (is_version(cut_segment(without_version)))
        base = without_version;
    bool const absolute = uri.find("://") != std::string_view::npos;
    if (absolute && base.find("://") == std::string_view::npos)
        return {}; // "https://Users/1": a host, not an endpoint
    return {.base = absolute ? base : std::string_view{},
            .resource = uri.substr(uri.size() - id.size() - endpoint.size() - 1)};
}

} // namespace

bool same_resource_uri(std::string_view a, std::string_view b) noexcept
{
    if (a == b)
        return true;
    ResourceUri const left = split(a);
    ResourceUri const right = split(b);
    return !left.resource.empty() && left.resource == right.resource &&
           (left.base == right.base || left.base.empty() || right.base.empty());
}

} // namespace scimkit::detail
