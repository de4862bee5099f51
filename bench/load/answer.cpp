// Three ways in which servers end a body (a length, chunks, closing), because the servers of other languages use all of
// them. Bodies are counted and thrown away.
#include "answer.hpp"

#include <algorithm>
#include <charconv>

namespace load
{
namespace
{

constexpr std::size_t longest_head = std::size_t{64} << 10;

/// The value of a field of a head in lower case; empty if it is not there.
std::string_view field(std::string_view head, std::string_view name)
{
    std::string const key = "\r\n" + std::string{name} + ":";
    auto const at = head.find(key);
    if (at == head.npos)
        return {};
    auto value = head.substr(at + key.size());
    value = value.substr(0, value.find("\r\n"));
    auto const begin = value.find_first_not_of(' ');
    return begin == value.npos ? std::string_view{} : value.substr(begin);
}

bool read_number(std::string_view text, std::size_t& number, int base)
{
    return std::from_chars(text.data(), text.data() + text.size(), number, base).ec == std::errc{};
}

} // namespace

void AnswerReader::begin() noexcept
{
    part_ = Part::head;
    status_ = 0;
}

AnswerReader::State AnswerReader::take(std::string_view bytes)
{
    left_.append(bytes);
    for (;;)
    {
        if (part_ == Part::done)
            return State::whole;
        auto const before = part_;
        auto const size = left_.size();
        if (step() == State::broken)
            return State::broken;
        if (part_ == before && left_.size() == size)
            return State::more;
    }
}

AnswerReader::State AnswerReader::closed() const noexcept
{
    return part_ == Part::until_closed ? State::whole : State::broken;
}

AnswerReader::State AnswerReader::step()
{
    std::string line;
    switch (part_)
    {
    case Part::head:
        if (auto const end = left_.find("\r\n\r\n"); end != left_.npos)
        {
            auto const head = left_.substr(0, end + 2);
            left_.erase(0, end + 4);
            return read_head(head) ? State::more : State::broken;
        }
        return left_.size() > longest_head ? State::broken : State::more;
    case Part::counted:
    case Part::chunk:
    {
        auto const taken = std::min(wanted_, left_.size());
        left_.erase(0, taken);
        wanted_ -= taken;
        if (wanted_ == 0)
            part_ = part_ == Part::counted ? Part::done : Part::chunk_size;
        return State::more;
    }
    case Part::chunk_size:
        if (!read_line(line))
            return State::more;
        if (!read_number(line, wanted_, 16))
            return State::broken;
        part_ = wanted_ == 0 ? Part::trailer : Part::chunk;
        wanted_ += 2; // and the end of the line behind it
        return State::more;
    case Part::trailer:
        if (read_line(line) && line.empty())
            part_ = Part::done;
        return State::more;
    case Part::until_closed:
        left_.clear();
        return State::more;
    case Part::done:
        break;
    }
    return State::more;
}

bool AnswerReader::read_line(std::string& line)
{
    auto const end = left_.find("\r\n");
    if (end == left_.npos)
        return false;
    line = left_.substr(0, end);
    left_.erase(0, end + 2);
    return true;
}

bool AnswerReader::read_head(std::string_view head)
{
    std::string lower{head};
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
    std::size_t status = 0;
    if (!lower.starts_with("http/1.") || lower.size() < 12 ||
        !read_number(std::string_view{lower}.substr(9, 3), status, 10))
        return false;
    status_ = static_cast<int>(status);
    auto const connection = field(lower, "connection");
    keep_alive_ = lower[7] == '1' ? connection != "close" : connection == "keep-alive";
    part_ = Part::until_closed;
    if (status_ == 204 || status_ == 304)
        part_ = Part::done;
    else if (field(lower, "transfer-encoding") == "chunked")
        part_ = Part::chunk_size;
    else if (auto const length = field(lower, "content-length"); !length.empty())
    {
        if (!read_number(length, wanted_, 10))
            return false;
        part_ = wanted_ == 0 ? Part::done : Part::counted;
    }
    if (part_ == Part::until_closed)
        keep_alive_ = false;
    return true;
}

} // namespace load
