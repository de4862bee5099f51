// The step after a SmallStore: one ability taken over, the others left as they are. A WHERE need not be exact: what it
// finds too much is tested again by the framework (CarriesOut::superset), so it is simple.
#include "pushdown_store.hpp"

#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/compare_operator.hpp>
#include <scimkit/store/forwarding_store.hpp>

#include "application_sql.hpp"

#include <optional>

namespace
{
using namespace scimkit;
using namespace sample;

/// A part of a WHERE, and the parameters of its question marks.
struct Condition
{
    std::string sql;
    std::vector<std::string> parameters;
};

char const* column_of(AttributeRef const& attribute)
{
    static constexpr std::pair<std::string_view, char const*> columns[] = {{"userName", "login"},
                                                                           {"name.givenName", "first_name"},
                                                                           {"name.familyName", "last_name"},
                                                                           {"emails.value", "mail"},
                                                                           {"title", "job"},
                                                                           {"externalId", "hr_number"}};
    for (auto const& [path, column] : columns)
        if (attribute.path() == path)
            return column;
    return nullptr;
}

// What SQLite takes by default is more: patterns of 50,000 bytes, expressions 1,000 deep.
constexpr std::size_t longest_text = 1'000;
constexpr std::size_t most_conditions = 16; // of an `and`

/// `eq` and `sw` on a column. Keys are folded as Unicode says and SQLite folds ASCII only, so every text that is more
/// than ASCII comes along, by an index of its own.
std::optional<Condition> translate(BoundComparison const& test)
{
    auto const* column = column_of(test.attribute);
    auto const* text = std::get_if<StringKey>(&test.value);
    if (!column || !text || text->key.size() > longest_text ||
        (test.op != CompareOperator::eq && test.op != CompareOperator::sw))
        return std::nullopt;
    std::string const others = std::string{column} + sql::beyond_ascii;
    if (!folds_case(text->key))
        return Condition{others, {}};
    if (test.op == CompareOperator::eq)
        return Condition{std::string{"("} + column + " = ? COLLATE NOCASE OR " + others + ")", {text->key}};
    std::string pattern; // LIKE folds ASCII too
    for (char const c : text->key)
        pattern.append(c == '%' || c == '_' || c == '\\' ? "\\" : "").append(1, c);
    return Condition{std::string{"("} + column + " LIKE ? ESCAPE '\\' OR " + others + ")", {pattern + '%'}};
}

/// Nothing: any row may match. Of an `and` the parts that can be translated are enough.
std::optional<Condition> translate(BoundFilter const& filter)
{
    if (auto const* test = std::get_if<BoundComparison>(&filter.node))
        return translate(*test);
    if (auto const* element = std::get_if<BoundValuePath>(&filter.node)) // a row has one element at most
        return translate(element->filter.front());
    auto const* all = std::get_if<BoundConjunction>(&filter.node);
    std::optional<Condition> joined;
    std::size_t conditions = 0;
    for (BoundFilter const& operand : all ? std::span{all->operands} : std::span<BoundFilter const>{})
        if (conditions++ == most_conditions)
            break;
        else if (auto part = translate(operand); part && joined)
        {
            joined->sql += " AND " + part->sql;
            joined->parameters.insert(joined->parameters.end(), part->parameters.begin(), part->parameters.end());
        }
        else if (part)
            joined = std::move(part);
    return joined;
}

std::optional<Condition> translate(Query const& query)
{
    auto const& source = query.sources.front();
    bool const is_users = query.sources.size() == 1 && source.type->name() == "User" && source.filter;
    return is_users ? translate(*source.filter) : std::nullopt;
}

template <class Forwarding, class Transaction>
class Pushdown final : public Forwarding
{
public:
    Pushdown(Transaction& inner, ApplicationStore& tables)
        : Forwarding(inner)
        , tables_(tables)
    {
    }

    QueryCapability capability(Query const& query) const override
    {
        return translate(query) ? QueryCapability{.carries_out = CarriesOut::superset} : Forwarding::capability(query);
    }

    result<QuerySummary> query(Query const& query, function_ref<bool(Resource&&)> sink) override
    {
        auto const condition = translate(query);
        if (!condition)
            return Forwarding::query(query, sink);
        std::string const statement =
            std::string{sql::users.all} + " WHERE " + condition->sql + " ORDER BY 'u' || id"; // ids ascend
        std::vector<Value> const parameters(condition->parameters.begin(), condition->parameters.end());
        auto done = tables_.select(*query.sources.front().type, statement.c_str(), parameters, sink);
        return done ? result<QuerySummary>{QuerySummary{}} : done.error();
    }

private:
    ApplicationStore& tables_;
};

class PushdownStore final : public ForwardingStore
{
public:
    explicit PushdownStore(std::shared_ptr<ApplicationStore> tables)
        : ForwardingStore(adapt_small_store(tables))
        , tables_(std::move(tables))
    {
    }

    result<void> read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      Body<ReadTransaction> body) override
    {
        return ForwardingStore::read(attachment, tenant, context,
                                     [&](ReadTransaction& inner)
                                     {
                                         Pushdown<ForwardingReadTransaction, ReadTransaction> outer{inner, *tables_};
                                         return body(outer);
                                     });
    }

    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        return ForwardingStore::write(attachment, tenant, context,
                                      [&](WriteTransaction& inner)
                                      {
                                          Pushdown<ForwardingWriteTransaction, WriteTransaction> outer{inner, *tables_};
                                          return body(outer);
                                      });
    }

private:
    std::shared_ptr<ApplicationStore> tables_;
};

} // namespace

std::shared_ptr<ResourceStore> sample::open_pushdown_store(std::string const& file, SchemaRegistry const& registry)
{
    return std::make_shared<PushdownStore>(open_application_store(file, registry));
}
