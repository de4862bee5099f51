// Records: what an import reads, whatever the form: one resource after the other, with its place in the text.
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/maintenance/import.hpp>

#include <istream>
#include <memory>

namespace scimkit::maintenance
{

struct Record
{
    std::uint64_t line = 0;     ///< where it begins, from 1
    std::uint64_t end = 0;      ///< bytes of the text up to its end
    std::uint64_t end_line = 0; ///< lines of the text up to its end
    std::string tenant{};
    json::object body{};
    std::optional<Error> fault{}; ///< it cannot be understood; body is empty
};

/// The text outlives it.
class RecordReader
{
public:
    explicit RecordReader(std::istream& in)
        : in_(in)
    {
    }
    virtual ~RecordReader() = default;

    /// Nothing at the end. Errors: unavailable (the text cannot be read).
    virtual result<std::optional<Record>> next() = 0;

    /// How far the text was read.
    std::uint64_t bytes() const noexcept { return bytes_; }
    std::uint64_t lines() const noexcept { return lines_; }

    /// Goes on behind a record that ended at `bytes`, `lines`. Error: unavailable.
    result<void> go_on(std::uint64_t bytes, std::uint64_t lines);

protected:
    std::istream& in_;
    std::uint64_t bytes_ = 0; ///< that were read
    std::uint64_t lines_ = 0; ///< and lines
};

std::unique_ptr<RecordReader> json_records(std::istream& in);

/// Reads the names of the columns. Errors: invalid_value (the mapping, a missing column), unavailable.
result<std::unique_ptr<RecordReader>> csv_records(std::istream& in, CsvMapping const& mapping,
                                                  SchemaRegistry const& registry);

} // namespace scimkit::maintenance
