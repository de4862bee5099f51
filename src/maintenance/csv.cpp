// CSV as RFC 4180 has it: cells may be in quotation marks, with separators, line breaks and doubled marks in them. Each
// cell goes to the place that its column is mapped to, as the type of the attribute wants it.
#include "csv_mapping.hpp"
#include "records.hpp"

#include <algorithm>

namespace scimkit::maintenance
{
namespace
{

constexpr std::size_t max_csv_record_bytes = std::size_t{16} << 20; // of an import; the line is refused beyond

class CsvRecords final : public RecordReader
{
public:
    CsvRecords(std::istream& in, CsvMapping const& mapping, std::vector<CsvTarget> constants)
        : RecordReader(in)
        , mapping_(mapping)
        , constants_(std::move(constants))
    {
    }

    /// The first record, and which columns are wanted.
    result<void> read_names(SchemaRegistry const& registry)
    {
        std::vector<std::string> names;
        auto const read = cells_of_next(names);
        if (!read)
            return read.error();
        if (!*read)
            return Error{ErrorCode::invalid_value, "The CSV file is empty: its first line names the columns."};
        if (names.front().starts_with("\xEF\xBB\xBF"))
            names.front().erase(0, 3);
        for (CsvMapping::Column const& column : mapping_.columns)
        {
            auto const found = std::ranges::find(names, column.name);
            if (found == names.end())
                return Error{ErrorCode::invalid_value, "The CSV file has no column '" + column.name + "'."};
            auto target = CsvTarget::make(column.attribute, mapping_, registry);
            if (!target)
                return target.error();
            columns_.emplace_back(static_cast<std::size_t>(found - names.begin()), std::move(*target));
        }
        width_ = names.size();
        return {};
    }

    result<std::optional<Record>> next() override
    {
        std::vector<std::string> cells;
        std::uint64_t line = lines_ + 1;
        for (;;)
        {
            auto const read = cells_of_next(cells);
            if (!read && read.error().code != ErrorCode::invalid_syntax)
                return read.error();
            Record record{.line = line, .end = bytes_, .end_line = lines_};
            if (!read)
            {
                record.fault = read.error();
                return std::optional{std::move(record)};
            }
            if (!*read)
                return std::optional<Record>{};
            if (cells.size() == 1 && cells.front().empty()) // a blank line
            {
                line = lines_ + 1;
                continue;
            }
            if (auto filled = fill(cells, record.body); !filled)
                record.fault = filled.error();
            return std::optional{std::move(record)};
        }
    }

private:
    int take()
    {
        auto const c = in_.rdbuf()->sbumpc(); // may throw std::ios_base::failure
        if (c == std::char_traits<char>::eof())
            return c;
        ++bytes_;
        lines_ += c == '\n' ? 1 : 0;
        return c;
    }

    result<bool> cells_of_next(std::vector<std::string>& cells)
    {
        try
        {
            return read_cells(cells);
        }
        catch (std::ios_base::failure const&) // so a file stream says that the system cannot read
        {
            return Error{ErrorCode::unavailable, "The input cannot be read."};
        }
    }

    /// False at the end. invalid_syntax: the record is wrong, and has been passed over.
    result<bool> read_cells(std::vector<std::string>& cells)
    {
        cells.assign(1, {});
        bool quoted = false;     // within marks
        bool was_quoted = false; // the cell began with one
        bool wrong = false;
        std::size_t size = 0;
        for (int c = take();; c = take())
        {
            if (c == std::char_traits<char>::eof())
            {
                if (size == 0)
                    return false;
                break;
            }
            wrong = wrong || ++size > max_csv_record_bytes;
            std::string& cell = cells.back();
            if (quoted)
            {
                if (c != '"')
                    cell.push_back(static_cast<char>(c));
                else if (in_.rdbuf()->sgetc() == '"')
                    cell.push_back(static_cast<char>(take()));
                else
                    quoted = false;
            }
            else if (c == '"' && cell.empty() && !was_quoted)
                quoted = was_quoted = true;
            else if (c == mapping_.separator)
            {
                cells.emplace_back();
                was_quoted = false;
            }
            else if (c == '\n')
                break;
            else if (c == '\r' && in_.rdbuf()->sgetc() == '\n')
                continue;
            else if (was_quoted)
                wrong = true; // text behind the closing mark
            else
                cell.push_back(static_cast<char>(c));
            if (wrong)
                cells.back().clear();
        }
        if (wrong || quoted)
            return Error{ErrorCode::invalid_syntax, "The record is no CSV: a quotation mark is not closed, text stands "
                                                    "behind a closing one, or it is too long."};
        return true;
    }

    result<void> fill(std::vector<std::string> const& cells, json::object& body)
    {
        if (cells.size() != width_)
            return Error{ErrorCode::invalid_syntax, "The record has " + std::to_string(cells.size()) +
                                                        " cells, and there are " + std::to_string(width_) +
                                                        " columns."};
        for (auto const& [index, target] : columns_)
            if (!cells[index].empty())
                if (auto put = target.put(body, cells[index]); !put)
                    return put;
        for (std::size_t i = 0; i < constants_.size(); ++i)
            if (auto put = constants_[i].put_constant(body, mapping_.constants[i].value); !put)
                return put;
        json::object meta;
        meta["resourceType"] = mapping_.resource_type;
        body["meta"] = std::move(meta);
        return {};
    }

    CsvMapping const& mapping_;
    std::vector<CsvTarget> constants_;
    std::vector<std::pair<std::size_t, CsvTarget>> columns_{};
    std::size_t width_ = 0;
};

} // namespace

result<std::unique_ptr<RecordReader>> csv_records(std::istream& in, CsvMapping const& mapping,
                                                  SchemaRegistry const& registry)
{
    std::vector<CsvTarget> constants;
    for (CsvMapping::Constant const& constant : mapping.constants)
    {
        auto target = CsvTarget::make(constant.attribute, mapping, registry);
        if (!target)
            return target.error();
        constants.push_back(std::move(*target));
    }
    auto records = std::make_unique<CsvRecords>(in, mapping, std::move(constants));
    if (auto named = records->read_names(registry); !named)
        return named.error();
    return std::unique_ptr<RecordReader>{std::move(records)};
}

} // namespace scimkit::maintenance
