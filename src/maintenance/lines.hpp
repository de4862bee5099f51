// Lines: a resource as a line of an export, and back.
#pragma once

#include <scimkit/maintenance/transfer.hpp>

#include <utility>

namespace scimkit::maintenance
{

/// All but the elements of large attributes and the end of the line.
void begin_line(std::string& out, std::string_view tenant, Resource const& resource);
/// Behind the last element.
void end_line(std::string& out);

struct ReadLine
{
    std::string tenant{};
    Resource resource{};
};

/// Large attributes are in the resource. Error: invalid_syntax, invalid_value; without the number of the line.
result<ReadLine> read_line(std::string_view line, SchemaRegistry const& registry);

/// The next line of at most max_export_line_bytes, without its end; false at the end. `bytes` grows by what was taken.
result<bool> next_line(std::istream& in, std::string& line, std::uint64_t& bytes);

std::string_view trimmed(std::string_view text) noexcept;

} // namespace scimkit::maintenance
