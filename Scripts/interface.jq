# Reads an array of symbol graphs and a dump of the API digester. Prints the public declarations, sorted, one a line.
# The declarations are in the symbol graphs. The attributes that matter to callers are only in the dump.

def where: map("\(.lhs) \(if .kind == "sameType" then "==" else ":" end) \(.rhs)")
    | if . == [] then "" else " where " + join(", ") end;

# The name of a type of the standard library, which no graph names if nothing but conformances is added to it.
def standard:
    {"s:Sd": "Double", "s:Sf": "Float", "s:Si": "Int", "s:Su": "UInt"}[.] // sub("^s:s\\d(?<name>\\w+)V$"; .name);

(map(.ABIRoot // empty | .. | objects | select(.usr) | {(.usr): .declAttributes}) | add) as $attributes
| map(select(.symbols)) as $graphs
| [$graphs[].symbols[] | select(.identifier.precise | contains("::SYNTHESIZED::") | not)] as $symbols
| [$graphs[].relationships[]] as $relationships
| ([($relationships[] | select(.targetFallback) | {(.target): .targetFallback | sub("^\\w+\\."; "")}),
    ($symbols[] | {(.identifier.precise): .pathComponents | join(".")})] | add) as $names
| [
    ($symbols[]
        | .identifier.precise as $id
        | (.kind.identifier | test("struct|class|enum$|protocol|typealias")) as $isType
        | (if $isType then .pathComponents else .pathComponents[:-1] end | join(".")) + "  "
            + (if $attributes[$id] | index("Unsafe") then "@unsafe " else "" end)
            + (if .accessLevel == "open" then "open " else "" end)
            + (.declarationFragments | map(.spelling) | add | gsub("\\s+"; " "))
            + (.swiftExtension.constraints // [] | where)
        | sub(" where (?<first>.*) where "; " where \(.first), ")),
    ($relationships[]
        | select(.kind == "conformsTo" or .kind == "inheritsFrom")
        | select([.source, .target] | any(startswith("s:16DPDKMultiProcess")))
        | select(.target | IN("s:s9EscapableP", "s:s16SendableMetatypeP") | not)
        | "\($names[.source] // (.source | standard))  : \($names[.target] // .target)"
            + (.swiftConstraints // [] | where))
  ]
| unique[]
