# SPDX-License-Identifier: BSD-2-Clause
# Prints what in a document is not as its JSON Schema ($schema, in an array) says, a line a mistake.
# Knows the keywords that our schema has and refuses others. Stricter than the standard: a member that
# the schema does not name is a mistake, so that nothing goes undocumented.

def known: ["$schema", "$id", "$defs", "$ref", "title", "description", "type", "required", "properties",
	"items", "pattern", "enum", "const", "minimum", "maximum"];

def types: if type == "number" and . == floor then ["number", "integer"] else [type] end;

def mistakes($schema; $root; $path):
	. as $value
	| (($schema | keys) - known | select(length > 0) | "\($path): the schema has unknown keywords \(.)"),
	  ($schema["$ref"] // empty | ltrimstr("#/$defs/") as $name
		| $value | mistakes($root["$defs"][$name]; $root; $path)),
	  ($schema.type // empty | [.] | flatten as $allowed
		| select($value | types | all(. as $type | $allowed | index($type) | not))
		| "\($path): not of type \($allowed)"),
	  (select($schema | has("const")) | select($value != $schema.const) | "\($path): not \($schema.const)"),
	  ($schema.enum // empty | select(index([$value]) | not) | "\($path): \($value) is none of \(.)"),
	  (strings | select($schema.pattern) | select(test($schema.pattern) | not)
		| "\($path): \(.) does not match \($schema.pattern)"),
	  (numbers | select($schema | has("minimum")) | select(. < $schema.minimum) | "\($path): \(.) is too small"),
	  (numbers | select($schema | has("maximum")) | select(. > $schema.maximum) | "\($path): \(.) is too large"),
	  (objects | select($schema.properties) | keys as $keys
		| ($schema.required - $keys | .[] | "\($path): \(.) is missing"),
		  ($keys - ($schema.properties | keys) | .[] | "\($path): \(.) is not in the schema"),
		  ($keys[] as $key | select($schema.properties[$key])
			| $value[$key] | mistakes($schema.properties[$key]; $root; "\($path).\($key)"))),
	  (arrays | select($schema.items) | range(length) as $i
		| .[$i] | mistakes($schema.items; $root; "\($path)[\($i)]"));

mistakes($schema[0]; $schema[0]; "")
