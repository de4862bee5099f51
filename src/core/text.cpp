// One comparison of text for filters, unique keys and indexes (RFC 7644 sections 5 and 7.8): the mappings of PRECIS,
// whose properties of letters utf8proc knows, and a way past them for ASCII, which is nearly all there is.
#include <scimkit/core/text.hpp>

#include "case_folding.hpp"
#include "eight_bytes.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace scimkit
{
namespace
{

constexpr char ascii_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::size_t ascii_prefix(std::string_view text) noexcept
{
    std::size_t i = 0;
    for (; i + sizeof(std::uint64_t) <= text.size(); i += sizeof(std::uint64_t))
    {
        std::uint64_t eight = 0;
        std::memcpy(&eight, text.data() + i, sizeof eight);
        if (any_not_ascii(eight))
            break;
    }
    while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80)
        ++i;
    return i;
}

using CodePoints = std::vector<utf8proc_int32_t>;

// One code point, or nothing taken (0) where the text is not UTF-8.
std::size_t take_code_point(std::string_view text, utf8proc_int32_t& code_point) noexcept
{
    auto const n = utf8proc_iterate(reinterpret_cast<utf8proc_uint8_t const*>(text.data()),
                                    static_cast<utf8proc_ssize_t>(text.size()), &code_point);
    return n > 0 ? static_cast<std::size_t>(n) : 0;
}

bool decode_utf8(std::string_view text, CodePoints& out)
{
    out.reserve(text.size());
    while (!text.empty())
    {
        utf8proc_int32_t code_point = 0;
        auto const n = take_code_point(text, code_point);
        if (n == 0)
            return false;
        out.push_back(code_point);
        text.remove_prefix(n);
    }
    return true;
}

std::string encode_utf8(CodePoints const& code_points)
{
    std::string out;
    out.reserve(code_points.size() * 2);
    for (auto const code_point : code_points)
    {
        std::array<utf8proc_uint8_t, 4> bytes{};
        auto const n = utf8proc_encode_char(code_point, bytes.data());
        out.append(reinterpret_cast<char const*>(bytes.data()), static_cast<std::size_t>(n));
    }
    return out;
}

int combining_class(utf8proc_int32_t code_point) { return utf8proc_get_property(code_point)->combining_class; }

// Canonical ordering. utf8proc_decompose would do it by bubble sort, which a hostile run of combining marks turns
// into quadratic work.
void order_combining_marks(CodePoints& code_points)
{
    auto const is_starter = [](utf8proc_int32_t code_point) { return combining_class(code_point) == 0; };
    auto run = code_points.begin();
    while ((run = std::find_if_not(run, code_points.end(), is_starter)) != code_points.end())
    {
        auto const end = std::find_if(run, code_points.end(), is_starter);
        std::stable_sort(run, end, [](auto a, auto b) { return combining_class(a) < combining_class(b); });
        run = end;
    }
}

// Canonical decomposition (NFD), of the case-folded code points if so asked.
CodePoints decompose(CodePoints const& code_points, bool fold_case)
{
    auto const options =
        static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | (fold_case ? UTF8PROC_CASEFOLD : 0));
    CodePoints out;
    out.reserve(code_points.size() * 2);
    for (auto const code_point : code_points)
    {
        if (code_point < 0x80)
        {
            auto const c = static_cast<char>(code_point);
            out.push_back(fold_case ? ascii_lower(c) : c);
            continue;
        }
        std::array<utf8proc_int32_t, 32> parts; // the longest decomposition has 4, the longest folding 3 letters
        int boundary = 0;
        auto const n = utf8proc_decompose_char(code_point, parts.data(), parts.size(), options, &boundary);
        out.insert(out.end(), parts.begin(), parts.begin() + n);
    }
    order_combining_marks(out);
    return out;
}

// Letters of another width whose usual form has a compatibility mapping of its own, which is none of width.
struct Widths
{
    utf8proc_int32_t first;
    utf8proc_int32_t last;
    utf8proc_int32_t usual; ///< of the first one
};
constexpr std::array hangul_and_macron{Widths{0xFFA0, 0xFFA0, 0x3164}, Widths{0xFFA1, 0xFFBE, 0x3131},
                                       Widths{0xFFC2, 0xFFC7, 0x314F}, Widths{0xFFCA, 0xFFCF, 0x3155},
                                       Widths{0xFFD2, 0xFFD7, 0x315B}, Widths{0xFFDA, 0xFFDC, 0x3161},
                                       Widths{0xFFE3, 0xFFE3, 0x00AF}};

// The letter that a full-width or half-width one stands for; itself, if it is none.
utf8proc_int32_t usual_width(utf8proc_int32_t code_point)
{
    auto const kind = code_point >= 0x3000 ? utf8proc_get_property(code_point)->decomp_type : 0;
    if (kind != UTF8PROC_DECOMP_TYPE_WIDE && kind != UTF8PROC_DECOMP_TYPE_NARROW)
        return code_point;
    for (Widths const& run : hangul_and_macron)
        if (code_point >= run.first && code_point <= run.last)
            return run.usual + (code_point - run.first);
    std::array<utf8proc_int32_t, 32> parts;
    int boundary = 0;
    auto const n = utf8proc_decompose_char(
        code_point, parts.data(), parts.size(),
        static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT), &boundary);
    return n == 1 ? parts[0] : code_point;
}

// Unicode folds the decomposed text (definition D145). That differs from folding
// the text itself only for the Greek iota subscript and the letters that contain it: a mark that folds to a letter.
bool must_decompose_before_folding(CodePoints const& code_points)
{
    return std::any_of(code_points.begin(), code_points.end(),
                       [](utf8proc_int32_t code_point)
                       { return code_point == 0x0345 || (code_point >= 0x1F80 && code_point <= 0x1FFF); });
}

// The lower case of each letter, whatever stands beside it: a sigma is one at the end of a word too, so that what a
// text begins with has the beginning of its key. Of the full mappings of Unicode only one that holds everywhere has
// more than one letter: without it, a dotted I would be another one than its parts.
CodePoints lower_case(CodePoints const& code_points)
{
    constexpr utf8proc_int32_t dotted_i = 0x0130;
    constexpr utf8proc_int32_t dot_above = 0x0307;
    CodePoints out;
    out.reserve(code_points.size());
    for (auto const code_point : code_points)
    {
        out.push_back(code_point == dotted_i ? 'i' : utf8proc_tolower(code_point));
        if (code_point == dotted_i)
            out.push_back(dot_above);
    }
    return out;
}

} // namespace

bool equal_ascii_ignoring_case(std::string_view a, std::string_view b) noexcept
{
    if (a.size() != b.size())
        return false;
    return a == b || // the usual case, and faster
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

std::string to_ascii_lower(std::string_view text)
{
    std::string out{text};
    for (char& c : out)
        c = ascii_lower(c);
    return out;
}

bool is_valid_utf8(std::string_view text) noexcept
{
    for (text.remove_prefix(ascii_prefix(text)); !text.empty(); text.remove_prefix(ascii_prefix(text)))
    {
        utf8proc_int32_t code_point = 0;
        auto const n = take_code_point(text, code_point);
        if (n == 0)
            return false;
        text.remove_prefix(n);
    }
    return true;
}

namespace
{

enum class Letters
{
    exact,
    mapped, ///< RFC 8265 section 3.3.2: by width and case
    folded  ///< by case alone, so that what has no case of its own is gone too
};

std::string key_of(std::string_view text, Letters letters)
{
    if (is_ascii(text))
        return letters == Letters::exact ? std::string{text} : to_ascii_lower(text);

    CodePoints code_points;
    if (!decode_utf8(text, code_points))
        return std::string{text};
    if (letters == Letters::mapped)
    {
        std::ranges::transform(code_points, code_points.begin(), usual_width);
        code_points = lower_case(code_points);
    }
    if (letters != Letters::folded || must_decompose_before_folding(code_points))
        code_points = decompose(code_points, false);
    if (letters == Letters::folded)
        code_points = decompose(code_points, true);
    auto const composed =
        utf8proc_normalize_utf32(code_points.data(), static_cast<utf8proc_ssize_t>(code_points.size()),
                                 static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    code_points.resize(static_cast<std::size_t>(composed));
    return encode_utf8(code_points);
}

} // namespace

std::string comparison_key(std::string_view text, bool case_exact)
{
    return key_of(text, case_exact ? Letters::exact : Letters::mapped);
}

std::string case_folded(std::string_view text) { return key_of(text, Letters::folded); }

bool equal_text(std::string_view a, std::string_view b, bool case_exact)
{
    if (a == b)
        return true;
    if (is_ascii(a) && is_ascii(b))
        return !case_exact && equal_ascii_ignoring_case(a, b);
    return comparison_key(a, case_exact) == comparison_key(b, case_exact);
}

} // namespace scimkit
