"""Writes goldens.json: what Jinja2 makes of the templates below. Run it with Jinja2 3.1 after adding to the list.

Each case is a template with inputs. The result is its output, or the sort of its failure: "syntax" when it can't be
compiled, "undefined" for the use of an undefined value, "error" for anything else.
"""

import json
import pathlib

import jinja2

USER = {"name": "Ada", "age": 36, "tags": ["math", "code"], "address": {"city": "London", "zip": None}}
USERS = [
    {"name": "Bob", "age": 25, "city": "Paris", "active": True},
    {"name": "alice", "age": 31, "city": "london", "active": False},
    {"name": "Carol", "age": 25, "city": "London", "active": True},
]
CHAT = [
    {"role": "system", "content": "You are helpful."},
    {"role": "user", "content": "Hi \"there\""},
    {"role": "assistant", "content": "Hello & <welcome>"},
]
ALL = {"user": USER, "users": USERS, "messages": CHAT, "n": 7, "f": 2.5, "s": "hello world", "none_value": None,
       "yes": True, "no": False, "empty": [], "empty_s": "", "big": 123456789012345678901234567890, "neg": -7,
       "uni": "Größe ß ÿ 日本語 😀", "html": "<b>\"x\" & 'y'</b>", "d": {"b": 1, "a": [1, 2.0, None], "C": {"x": "y"}},
       "lines": "one\ntwo\n\nthree", "nested": [[1, 2], [3, [4, 5]]], "ones": [3, 1, 2], "floats": [1.5, 2.0, -0.25],
       "tricky": "{{ n }} {% if %} it's", "whole": 3.0, "tree": [{"v": 1, "kids": [{"v": 2, "kids": []}, {"v": 3, "kids": [{"v": 4, "kids": []}]}]}]}

CASES: list[tuple[str, dict]] = []


def case(*templates: str, **inputs):
    for template in templates:
        CASES.append((template, inputs or ALL))


# Text, printing, literals
case("", "plain text", "a\r\nb\rc\n\n", "one newline at the end\n", "{ not } a {tag", "{{ tricky }}")
case("{{ n }} {{ f }} {{ s }} {{ yes }} {{ no }} {{ none_value }}", "{{ big }} {{ neg }} {{ whole }} {{ uni }}")
case("{{ user }}", "{{ users }}", "{{ d }}", "{{ nested }} {{ empty }} {{ {} }} {{ () }} {{ (1,) }} {{ (1, 'a') }}")
case("{{ 1e16 }} {{ 1e15 }} {{ 123456789.123 }} {{ 1e-4 }} {{ 1e-5 }} {{ 0.1 + 0.2 }} {{ 1e400 }} {{ -1e400 }} {{ 5e-324 }}")
case("{{ 0xff }} {{ 0b101 }} {{ 0o17 }} {{ 1_000_000 }} {{ 1_0.5_0 }} {{ 12345678901234567890 }} {{ 1e3 }} {{ 00 }}")
case("{{ 'a\\n\\t\\x41\\u00e9\\U0001F600\\'\\\"\\\\ \\q \\101' }}", "{{ 'con' 'cat' \"enated\" }}", "{{ \"it's\" }} {{ [\"it's\", 'say \"x\"', 'both \\' \"'] }}")
case("{{ ['\\n\\t\\r\\\\', '\\x00\\x7f\\xa0\\u200b', 'é😀', '\\u2028'] }}")
case("{{ true }} {{ True }} {{ false }} {{ none }} {{ None }} {{ [true, none] }}")
case("{{ 1, 2 }} {{ 1, }}", "{{ }}", "{{ 1 2 }}", "{{ 'a }}", "{{ a b }}", "{{ 1 + }}", "{{ (1 }}", "{{ [1) }}", "{{ 1 ? 2 }}", "{{ a.1.b }}")
case("{{ '\\x4' }}", "{{ 1__0 }}", "{{ 0x }}", "{{ 1.e }}", "{{ 007 }}")
# Arithmetic
case("{{ 1 + 2 * 3 - 4 }} {{ 7 / 2 }} {{ 6 / 3 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ -7 // -2 }}")
case("{{ 2 ** 10 }} {{ 2 ** -1 }} {{ 2 ** 3 ** 2 }} {{ -2 ** 2 }} {{ 2 ** 100 }} {{ 2 ** 0.5 }} {{ (-1) ** 3 }} {{ 0 ** 0 }} {{ 10 ** 20 // 3 }}")
case("{{ 7.5 // 2 }} {{ -7.5 // 2 }} {{ 7.5 % 2 }} {{ -7.5 % 2 }} {{ 7.5 % -2 }} {{ 1.5 * 2 }} {{ 3 * 1.1 }} {{ 1 - 0.9 }} {{ -0.0 }} {{ 5.0 // 0.1 }}")
case("{{ 9223372036854775807 + 1 }} {{ -9223372036854775808 - 1 }} {{ 9223372036854775807 * 9223372036854775807 }} {{ big - big + 1 }} {{ big // 7 }} {{ big % 7 }} {{ -big % 7 }} {{ big / 3 }}")
case("{{ -9223372036854775808 // -1 }} {{ (-9223372036854775807 - 1) % -1 }} {{ -9223372036854775808 }} {{ 3 - -3 }} {{ + 5 }} {{ - -5 }}")
case("{{ true + 1 }} {{ true * 3 }} {{ not 1 }} {{ -true }} {{ +true }}")
case("{{ 1 / 0 }}", "{{ 1 // 0 }}", "{{ 1 % 0 }}", "{{ 1.0 / 0 }}", "{{ 0 ** -1 }}", "{{ 1 + 'a' }}", "{{ 'a' + 1 }}", "{{ [] - [] }}", "{{ -'a' }}", "{{ none + 1 }}")
case("{{ 'ab' * 3 }} {{ 2 * 'x' }} {{ [1] * 2 }} {{ (1, 2) * 2 }} {{ 'a' * -1 }}|{{ 'a' + 'b' }} {{ [1] + [2] }} {{ (1,) + (2,) }}")
case("{{ 1 ~ 'a' ~ none ~ [1] ~ 2.0 }} {{ 'a' ~ 1 + 2 }} {{ 1 ~ 2 * 3 }}")
# Comparison and logic
case("{{ 1 < 2 < 3 }} {{ 10 > 9 > 8 }} {{ 3 > 2 > 2 }} {{ 1 == 1.0 }} {{ true == 1 }} {{ 'a' < 'b' }} {{ 'a' == 'a' }} {{ 1 != 2 }} {{ [1, 2] == [1, 2.0] }} {{ (1, 2) < (1, 3) }} {{ [1] < [1, 2] }}")
case("{{ {'a': 1} == {'a': 1.0} }} {{ none == false }} {{ '1' == 1 }} {{ range(3) == range(0, 3) }} {{ big > 1e29 }} {{ big == big + 0 }} {{ 9007199254740993 == 9007199254740992.0 }}")
case("{{ 1 < 'a' }}", "{{ none < 1 }}", "{{ [] < () }}", "{{ {} < {} }}")
case("{{ 1 in [1, 2] }} {{ 'a' in 'cat' }} {{ 'x' not in 'cat' }} {{ 'name' in user }} {{ 2 in (1, 2) }} {{ 3 in range(5) }} {{ 1.0 in [1] }} {{ none in [none] }} {{ 'x' in missing }} {{ 5 in range(0, 10, 2) }}")
case("{{ 1 in 1 }}", "{{ 1 in 'a' }}", "{{ [] in {} }}")
case("{{ 0 or 'x' }} {{ 1 and 'y' }} {{ '' and 1 }}|{{ none or [] or 'z' }} {{ not '' }} {{ not not 1 }} {{ 1 or 1 / 0 }} {{ 0 and 1 / 0 }} {{ not 1 == 2 }}")
case("{{ 'a' if yes else 'b' }} {{ 'a' if no else 'b' }} {{ 'a' if no }}| {{ 1 if no else 2 if no else 3 }} {{ (1 if yes) + 1 }}", "{{ ('a' if no).x }}")
# Tests
case("{{ n is odd }} {{ n is even }} {{ 9 is divisibleby 3 }} {{ 9 is divisibleby(2) }} {{ n is not odd }} {{ f is float }} {{ n is integer }} {{ yes is integer }} {{ yes is number }} {{ yes is boolean }} {{ 1 is boolean }}")
case("{{ missing is defined }} {{ missing is undefined }} {{ n is defined }} {{ user.nope is defined }} {{ none_value is none }} {{ none_value is not none }} {{ s is string }} {{ user is mapping }} {{ users is sequence }} {{ users is iterable }} {{ 1 is iterable }} {{ s is sequence }} {{ 1 is sequence }} {{ user is sequence }}")
case("{{ 'abc' is lower }} {{ 'ABC' is upper }} {{ 'aB' is lower }} {{ '1' is lower }} {{ true is true }} {{ 1 is true }} {{ false is false }} {{ range is callable }} {{ n is callable }} {{ s is callable }} {{ 'x'|e is escaped }} {{ 'x' is escaped }}")
case("{{ 1 is eq 1 }} {{ 1 is ne 2 }} {{ 1 is lt 2 }} {{ 2 is gt(1) }} {{ 2 is ge 2 }} {{ 2 is le 1 }} {{ 2 is equalto 2 }} {{ 2 is greaterthan 1 }} {{ 1 is in [1] }} {{ 1 is not in [1] }} {{ none is sameas none }} {{ yes is sameas true }}")
case("{{ 'upper' is filter }} {{ 'nope' is filter }} {{ 'odd' is test }} {{ 'nope' is test }} {{ missing is iterable }} {{ missing is sequence }} {{ missing is none }} {{ range(3) is sequence }} {{ range(3) is iterable }}")
case("{{ 1 is nope }}", "{{ 'a' is odd }}", "{{ 1 is divisibleby 0 }}", "{{ 1 is odd is even }}", "{{ missing is odd }}", "{% if false %}{{ 1 is nope }}{% endif %}ok", "{{ 1 is odd and 2 is even }} {{ 1 is odd or 1 / 0 }} {{ 3 is divisibleby 3 if yes else 4 }}")
# Attributes, items, slices
case("{{ user.name }} {{ user['name'] }} {{ user.address.city }} {{ user.tags[0] }} {{ user.tags.1 }} {{ user.tags[-1] }} {{ users[1].name }} {{ d.a[1] }} {{ 'abc'[1] }} {{ 'abc'[-1] }} {{ (1, 2)[0] }} {{ range(5)[2] }}")
case("{{ user.nope }}|{{ user['nope'] }}|{{ user.tags[9] }}|{{ 'abc'[9] }}|{{ n.x }}|{{ none_value.x }}|{{ user[1] }}|{{ s['x'] }}|{{ user[[]] }}")
case("{{ user.nope.deep }}", "{{ missing.x }}", "{{ missing['x'] }}", "{{ missing() }}", "{{ user.nope() }}", "{{ n() }}", "{{ none_value.x.y }}", "{{ missing + 1 }}", "{{ 1 + missing }}", "{{ -missing }}", "{{ missing < 1 }}", "{{ missing == 1 }} {{ missing == other }} {{ missing }}|")
case("{{ {'items': 1}.items() }} {{ {'items': 1}['items'] }} {{ {'keys': 2}.x }}|{{ {'get': 3}.get('get') }}")
case("{{ 'abcdef'[1:3] }} {{ 'abcdef'[:2] }} {{ 'abcdef'[-2:] }} {{ 'abcdef'[::-1] }} {{ 'abcdef'[::2] }} {{ [1,2,3,4][1:] }} {{ [1,2,3,4][:-1] }} {{ [1,2,3,4][::-2] }} {{ (1,2,3)[1:] }} {{ [1,2,3][5:] }} {{ [1,2,3][-9:9] }} {{ range(10)[2:8:3] }} {{ range(10)[::-1] }} {{ uni[0:5] }} {{ uni[-3:] }} {{ 'abc'[2:1] }}")
case("{{ [1][::0] }}", "{{ n[1:] }}", "{{ missing[1:] }}", "{{ ones['a':] }}", "{{ user[1:] }}", "{{ {1: 'a', (1, 2): 'b', none: 'c', 1.5: 'd', true: 'e'} }}", "{{ {1: 'x'}[1.0] }} {{ {(1, 2): 'b'}[1, 2] }}", "{{ {[]: 1} }}")
case("{{ user | attr('items') is callable }} {{ user|attr('name') is defined }}")
# Methods of strings
case("{{ s.upper() }} {{ s.title() }} {{ s.capitalize() }} {{ 'ABC'.lower() }} {{ 'aBc'.swapcase() }} {{ '  x '.strip() }}| {{ 'xxaxx'.strip('x') }} {{ ' a '.lstrip() }}|{{ ' a '.rstrip() }}| {{ 'abc'.replace('b', 'X') }} {{ 'aaa'.replace('a', 'b', 2) }} {{ 'abc'.replace('', '-') }}")
case("{{ 'a,b,c'.split(',') }} {{ ' a  b '.split() }} {{ 'a b c'.split(' ', 1) }} {{ 'a b c'.rsplit(' ', 1) }} {{ ' a  b c '.split(none, 1) }} {{ ' a  b c '.rsplit(none, 1) }} {{ 'a,b,c'.rsplit(',') }} {{ ''.split() }} {{ ''.split(',') }} {{ 'a\nb\r\nc'.splitlines() }} {{ 'a\nb'.splitlines(true) }} {{ 'a-b-c'.partition('-') }} {{ 'a-b-c'.rpartition('-') }} {{ 'abc'.partition('x') }} {{ 'abc'.rpartition('x') }}")
case("{{ 'hello'.startswith('he') }} {{ 'hello'.endswith(('x', 'lo')) }} {{ 'hello'.startswith('l', 2) }} {{ 'hello'.find('l') }} {{ 'hello'.rfind('l') }} {{ 'hello'.find('z') }} {{ 'hello'.index('l') }} {{ 'hello'.count('l') }} {{ 'hello'.find('l', 3) }} {{ 'hello'.count('') }} {{ 'été'.find('t') }} {{ 'hello'.count('l', 0, 3) }}")
case("{{ 'abc'.center(9) }}|{{ 'abc'.center(8, '*') }}|{{ 'ab'.center(7, '*') }}|{{ 'ab'.center(6, '*') }}|{{ 'abc'.ljust(5) }}|{{ 'abc'.rjust(5, '.') }}|{{ '7'.zfill(3) }} {{ '-7'.zfill(4) }} {{ '+x'.zfill(5) }} {{ 'a\tb'.expandtabs(4) }} {{ ', '.join(['a', 'b']) }} {{ '-'.join('abc') }} {{ 'prefix-x'.removeprefix('prefix-') }} {{ 'x.py'.removesuffix('.py') }}")
case("{{ 'abc'.isalpha() }} {{ '123'.isdigit() }} {{ 'a1'.isalnum() }} {{ ' '.isspace() }} {{ 'abc'.islower() }} {{ 'ABC'.isupper() }} {{ 'Abc Def'.istitle() }} {{ ''.isalpha() }} {{ 'a b'.isidentifier() }} {{ 'ab_1'.isidentifier() }} {{ '²'.isdigit() }} {{ '½'.isnumeric() }} {{ '1.5'.isdecimal() }} {{ 'é'.isascii() }}")
case("{{ uni.upper() }} {{ uni.lower() }} {{ uni|length }} {{ 'ÀÉ'.lower() }} {{ 'straße'.upper() }} {{ 'ΑΣ'.lower() }} {{ 'éa'.capitalize() }} {{ \"they're bill's\".title() }} {{ 'hello-world foo_bar'.title() }} {{ 'x1y'.title() }} {{ 'STRASSE'.casefold() }}")
case("{{ 'abc'.index('z') }}", "{{ 'abc'.nope() }}", "{{ 'a'.join([1]) }}", "{{ 'a'.split('') }}", "{{ 'a'.center() }}", "{{ 'a'.upper(1) }}", "{{ 'a'.replace(1, 2) }}", "{{ 'a'.center(3, 'xx') }}")
# Methods of containers
case("{{ user.keys()|list }} {{ user.values()|list }} {{ d.items()|list }} {{ user.get('name') }} {{ user.get('x') }} {{ user.get('x', 'dflt') }} {{ d.keys() }} {{ d.values() }} {{ d.items() }} {{ d.copy() }}")
case("{% set l = [1] %}{{ l.append(2) }}{% set _ = l.extend([3, 4]) %}{% set _ = l.insert(0, 'z') %}{{ l }} {{ l.pop() }} {{ l.pop(0) }} {{ l }} {{ l.index(2) }} {{ l.count(1) }}{% set _ = l.reverse() %}{{ l }}{% set _ = l.remove(3) %}{{ l }}{% set _ = l.sort() %}{{ l }}{% set m = l.copy() %}{% set _ = m.clear() %}{{ l }} {{ m }}")
case("{% set x = {'a': 1} %}{% set _ = x.update({'b': 2}, c=3) %}{{ x }} {{ x.setdefault('d', 4) }} {{ x.pop('a') }} {{ x.pop('zz', 0) }} {{ x }}{% set y = x %}{% set _ = y.update(x=1) %}{{ x }}")
case("{% set _ = users.append(1) %}{{ users|length }} {{ (1, 2, 1).count(1) }} {{ (1, 2).index(2) }} {{ (2.0).is_integer() }}", "{{ [].pop() }}", "{{ {}.pop('a') }}", "{{ [1].remove(2) }}", "{{ [3, 'a'].sort() }}")
# Formatting
case("{{ '%s and %s' % ('a', 1) }} {{ '%d' % 3.7 }} {{ '%5d|%-5d|%05d|%+d|% d' % (1, 2, 3, 4, 5) }} {{ '%x %X %o %#x' % (255, 255, 8, 255) }} {{ '%.2f' % 3.14159 }} {{ '%8.3f|' % 2.5 }} {{ '%e' % 12345.678 }} {{ '%g %g %g' % (0.0001, 1e10, 100000) }} {{ '%r' % 'a' }} {{ '%c%c' % (65, 'b') }} {{ '%%' % () }} {{ '%s' % none }} {{ '%s' % [1] }} {{ '%(a)s-%(b)d' % {'a': 1, 'b': 2} }} {{ '%-6s|%6s|%.2s' % ('ab', 'cd', 'xyz') }} {{ '%*d' % (5, 42) }} {{ '%i' % true }}")
case("{{ '%s' % () }}", "{{ '%s' % (1, 2) }}", "{{ '%d' % 'a' }}", "{{ '%q' % 1 }}", "{{ '%' % 1 }}", "{{ '%(a)s' % 1 }}", "{{ '%(a)s' % {} }}", "{{ 'x' % 1 }}", "{{ '%s' % missing }}|", "{{ '%d' % missing }}")
case("{{ '{} {}'.format(1, 'a') }} {{ '{1} {0}'.format('a', 'b') }} {{ '{x} {y.name}'.format(x=1, y=2) if no }} {{ '{a[b]} {l[0]}'.format(a={'b': 2}, l=[3]) }} {{ '{{}}'.format() }} {{ '{!r} {!s}'.format('a', 'b') }}")
case("{{ '{:5}|{:<5}|{:>5}|{:^5}|{:*^7}'.format(1, 2, 'a', 'b', 'c') }} {{ '{:05d} {:+d} {:,} {:_}'.format(42, 5, 1234567, 1234567) }} {{ '{:.2f} {:8.2f} {:e} {:.1%} {:g}'.format(3.14159, 2.5, 12345.0, 0.256, 1e-7) }} {{ '{:x} {:X} {:#x} {:b} {:o} {:#b}'.format(255, 255, 255, 5, 8, 5) }} {{ '{:.3}'.format('abcdef') }} {{ '{:{w}}|'.format('a', w=4) }} {{ '{:10.3}|'.format(2.0) }} {{ '{:,.2f}'.format(1234567.891) }} {{ '{:n}'.format(5) }} {{ '{:c}'.format(65) }} {{ '{:010,.1f}'.format(1234.5) }} {{ '{:d}'.format(true) }} {{ '{}'.format(true) }} {{ '{:=+6d}'.format(3) }} {{ '{:_x}'.format(1048576) }}")
case("{{ '{}'.format() }}", "{{ '{x}'.format() }}", "{{ '{'.format() }}", "{{ '}'.format() }}", "{{ '{:d}'.format('a') }}", "{{ '{:s}'.format(1) }}", "{{ '{:5}'.format([]) }}", "{{ '{0} {}'.format(1, 2) }}", "{{ '{!z}'.format(1) }}", "{{ '{:.2d}'.format(1) }}", "{{ '{:zz}'.format(1) }}")
# Filters
case("{{ -5|abs }} {{ -2.5|abs }} {{ neg|abs }} {{ s|upper }} {{ 'ABC'|lower }} {{ s|capitalize }} {{ s|title }} {{ 'hello-world (foo) [bar] {x} <y>'|title }} {{ \"they're\"|title }} {{ n|upper }} {{ none|upper }} {{ missing|upper }}|{{ true|lower }}")
case("{{ 'ab'|center(6) }}|{{ 'x'|center }}|{{ ' a '|trim }}|{{ 'xxaxx'|trim('x') }} {{ 5|trim }} {{ missing|trim }}| {{ 'aab'|replace('a', 'x') }} {{ 'aab'|replace('a', 'x', 1) }} {{ 112|replace(1, 2) }}")
case("{{ missing|default('d') }} {{ ''|default('d') }}|{{ ''|default('d', true) }} {{ none|default('d') }} {{ none|d('d', boolean=true) }} {{ missing|default }}| {{ user.nope|default('x') }} {{ 0|default(5, true) }}", "{{ missing.x|default('y') }}")
case("{{ [1, 2]|first }} {{ [1, 2]|last }} {{ 'abc'|first }} {{ 'abc'|last }} {{ []|first }}|{{ []|last }}| {{ d|first }} {{ d|last }} {{ range(5)|last }} {{ missing|first }}| {{ [3]|map('string')|first }}", "{{ 1|first }}", "{{ [1]|map('string')|last }}", "{{ []|first + 1 }}")
case("{{ users|length }} {{ s|length }} {{ user|count }} {{ missing|length }} {{ uni|length }} {{ range(7)|length }}", "{{ 5|length }}", "{{ none|length }}", "{{ [1]|map('string')|length }}")
case("{{ [1, 2, 3]|join }} {{ [1, none, 'a']|join(', ') }} {{ users|join(', ', attribute='name') }} {{ 'abc'|join('-') }} {{ []|join(',') }}| {{ missing|join(',') }}| {{ [1, 2]|join(0) }} {{ {'a': 1, 'b': 2}|join(',') }} {{ ['<a>'|safe, '<b>']|join('&') }}", "{{ 5|join }}", "{{ users|join(',', 'address.x') }}")
case("{{ ones|sort }} {{ ones|sort(reverse=true) }} {{ ['b', 'A', 'c']|sort }} {{ ['b', 'A', 'c']|sort(case_sensitive=true) }} {{ users|sort(attribute='name')|map(attribute='name')|list }} {{ users|sort(attribute='age,name')|map(attribute='name')|join(',') }} {{ users|sort(attribute='age', reverse=true)|map(attribute='name')|join(',') }} {{ 'hello'|sort }} {{ [[2, 1], [1, 2]]|sort(attribute=1) }} {{ [true, 0, 2.5]|sort }}", "{{ [1, 'a']|sort }}", "{{ users|sort(attribute='nope') }}", "{{ [none, none]|sort }}", "{{ [none, 1]|sort }}")
case("{{ d|dictsort }} {{ d|dictsort(true) }} {{ {'a': 2, 'b': 1}|dictsort(false, 'value') }} {{ {'a': 2, 'b': 1}|dictsort(reverse=true) }} {{ {'a': 'B', 'b': 'a'}|dictsort(by='value') }}", "{{ d|dictsort(by='nope') }}", "{{ {1: 2, 'a': 3}|dictsort }}", "{{ missing|dictsort }}")
case("{{ ['a', 'B', 'b', 'A', 'c']|unique|list }} {{ ['a', 'A']|unique(true)|list }} {{ users|unique(attribute='age')|map(attribute='name')|list }} {{ [1, 1.0, true, '1']|unique|list }}", "{{ [[1]]|unique|list }}")
case("{{ ones|min }} {{ ones|max }} {{ ['b', 'A']|min }} {{ ['b', 'A']|min(true) }} {{ users|max(attribute='age') }} {{ []|min }}| {{ []|max }}| {{ 'hello'|max }}", "{{ [1, 'a']|max }}", "{{ [] | min + 1 }}")
case("{{ ones|sum }} {{ floats|sum }} {{ users|sum(attribute='age') }} {{ ones|sum(start=10) }} {{ [[1], [2]]|sum(start=[]) }} {{ []|sum }} {{ [0.1]*3|sum }}" , "{{ ['a', 'b']|sum }}", "{{ ['a']|sum(start='') }}", "{{ [0.1, 0.2, 0.3]|sum }}")
case("{% for g in users|groupby('city') %}{{ g.grouper }}: {{ g.list|map(attribute='name')|join(',') }}; {% endfor %}", "{% for city, us in users|groupby('city', case_sensitive=true) %}{{ city }}={{ us|length }} {% endfor %}", "{{ users|groupby('age')|map('first')|list }} {{ [{'a': 1}, {}]|groupby('a', default=0) }}", "{{ users|groupby('nope') }}", "{{ users|groupby('age')|first }}")
case("{{ users|map(attribute='name')|list }} {{ ['a', 'b']|map('upper')|list }} {{ [1.25, 2.75]|map('round', 1)|list }} {{ users|map(attribute='nope', default='-')|list }} {{ ['a b', 'c']|map('replace', ' ', '_')|join(',') }} {{ []|map('upper')|list }} {{ missing|map('upper')|list }} {{ nested|map('first')|list }} {{ nested|map(attribute=0)|list }} {{ 'ab'|map('upper')|join }}", "{{ [1]|map|list }}", "{{ [1]|map('nope')|list }}", "{{ [1]|map(attribute='a', x=1)|list }}", "{{ users|map(attribute='nope.deep')|list }}")
case("{{ [1, 2, 3, 4]|select('odd')|list }} {{ [1, 2, 3]|reject('odd')|list }} {{ [0, 1, '', 'a', none]|select|list }} {{ [0, 1]|reject|list }} {{ users|selectattr('active')|map(attribute='name')|list }} {{ users|rejectattr('active')|map(attribute='name')|list }} {{ users|selectattr('age', 'gt', 30)|map(attribute='name')|list }} {{ users|selectattr('city', 'equalto', 'Paris')|list|length }} {{ users|selectattr('name', 'in', ['Bob'])|list|length }} {{ users|selectattr('nope', 'defined')|list }} {{ users|rejectattr('age', '==', 25)|map(attribute='name')|first }} {{ [1, 5, 9]|select('>', 4)|list }}", "{{ [1]|select('nope')|list }}", "{{ [1]|selectattr|list }}")
case("{{ [1,2,3,4,5]|batch(2)|list }} {{ [1,2,3,4,5]|batch(2, 'x')|list }} {{ [1,2,3,4,5,6,7]|slice(3)|list }} {{ [1,2,3,4,5,6,7]|slice(3, 'x')|list }} {{ [1]|slice(3)|list }} {{ []|batch(3)|list }} {{ [1,2]|batch(0)|list }} {{ [1, 2]|slice(3, 'f')|list }}", "{{ [1]|slice(0)|list }}", "{% for row in range(7)|batch(3) %}{% for x in row %}{{ x }}{% endfor %};{% endfor %}")
case("{{ [1,2,3]|reverse|list }} {{ 'abc'|reverse }} {{ d|reverse|list }} {{ 'abc'|list }} {{ user|list }} {{ (1,2)|list }} {{ range(3)|list }} {{ d.items()|list }} {{ d|items|list }} {{ missing|items|list }}", "{{ 5|list }}", "{% for x in 5|items %}{% endfor %}", "{{ 5|reverse }}")
case("{{ '42'|int }} {{ '42.7'|int }} {{ 'x'|int }} {{ 'x'|int(-1) }} {{ 3.9|int }} {{ '0x1f'|int(0, 16) }} {{ '1f'|int(base=16) }} {{ '0b11'|int(0, 2) }} {{ none|int }} {{ true|int }} {{ ' 7 '|int }} {{ '1_000'|int }} {{ '1e3'|int }} {{ 1e20|int }} {{ '-5'|int }} {{ ''|int }} {{ [] |int(9) }} {{ 'inf'|int(3) }} {{ '12345678901234567890'|int }} {{ '-0'|int }} {{ '077'|int(0, 8) }}", "{{ missing|int }}", "{{ '1__0'|int }} {{ '_1'|int }}")
case("{{ '42'|float }} {{ 'x'|float }} {{ 'x'|float(1.5) }} {{ 3|float }} {{ 'inf'|float }} {{ 'nan'|float }} {{ '1e5'|float }} {{ ' 2.5 '|float }} {{ '1_0.5'|float }} {{ none|float }} {{ '-Infinity'|float }} {{ '0x1p3'|float }} {{ '.5'|float }} {{ '5.'|float }}", "{{ missing|float }}")
case("{{ 42.55|round }} {{ 42.55|round(1) }} {{ 42.55|round(1, 'floor') }} {{ 42.51|round(1, 'ceil') }} {{ 2.5|round }} {{ 3.5|round }} {{ -2.5|round }} {{ 42|round }} {{ 1234|round(-2) }} {{ 1250.0|round(-2) }} {{ 2.675|round(2) }} {{ 5|round(1, 'ceil') }} {{ 1250|round(-2) }} {{ 0.5|round|int }} {{ true|round }} {{ 1e300|round(5) }}", "{{ 'a'|round }}", "{{ 1|round(0, 'x') }}")
case("{{ lines|indent }}", "{{ lines|indent(2) }}", "{{ lines|indent(2, true) }}", "{{ lines|indent(2, blank=true) }}", "{{ lines|indent('> ') }}", "{{ lines|indent(width=1, first=true, blank=true) }}", "{{ ''|indent }}|{{ 'a\n'|indent(first=true) }}|", "{{ 5|indent }}", "{{ 'a'|indent(-2) }}")
case("{{ s|truncate(5) }} {{ s|truncate(5, true) }} {{ s|truncate(8, true, '', 0) }} {{ 'foo bar baz qux'|truncate(9) }} {{ 'foo bar baz qux'|truncate(9, true) }} {{ 'foo bar baz qux'|truncate(11) }} {{ 'foo bar baz qux'|truncate(11, false, '...', 0) }} {{ s|truncate }} {{ 'abcdefghijklmnop'|truncate(6, end='…') }} {{ missing|truncate }}|", "{{ s|truncate(2) }}", "{{ 5|truncate }}", "{{ 'foo bar baz qux'|truncate(9, leeway=-1) }}")
case("{{ 'The quick brown fox jumps over the lazy dog'|wordwrap(10) }}", "{{ 'a verylongwordthatdoesnotfit here'|wordwrap(8) }}", "{{ 'a verylongwordthatdoesnotfit here'|wordwrap(8, false) }}", "{{ 'well-known goof-ball -- yes--no, e-mail x-1 a-b-c foo--bar'|wordwrap(6) }}", "{{ 'well-known goof-ball'|wordwrap(6, break_on_hyphens=false) }}", "{{ lines|wordwrap(3, wrapstring='|') }}", "{{ '  leading  and   inner '|wordwrap(9) }}", "{{ 'x'|wordwrap(0) }}", "{{ 'supercalifragilistic-expialidocious-word'|wordwrap(15) }}", "{{ ''|wordwrap }}|{{ 'Größenwahn ist überall hier'|wordwrap(7) }}")
case("{{ s|wordcount }} {{ 'a-b c_d, e.f 1'|wordcount }} {{ ''|wordcount }} {{ 'é ß'|wordcount }} {{ 12|wordcount }} {{ missing|wordcount }}")
case("{{ html|e }} {{ html|escape|escape }} {{ html|forceescape|forceescape }} {{ html|safe|e }} {{ 5|e }} {{ none|e }} {{ ['<']|e }} {{ [html|e] }} {{ missing|e }}| {{ html|striptags }} {{ '<!-- c <b> --> a  <i>b</i>\n c &amp; &lt;x&gt; &#39;'|striptags }} {{ 'a < b'|striptags }}")
case("{{ ('<b>'|safe) + '<i>' }} {{ '<i>' + ('<b>'|safe) }} {{ ('%s'|safe) % '<x>' }} {{ ('<b>'|safe) ~ '<i>' }} {{ ('<b>'|safe).upper() }} {{ ('{}'|safe).format('<x>') }} {{ ('a'|safe).replace('a', '<') }} {{ ('-'|safe).join(['<', 'x'|safe]) }} {{ ('ab'|safe)[0] }} {{ ('<a>'|safe) * 2 + '<' }} {{ ('<a>'|safe)|upper + '<' }} {{ ['x'|safe] }} {{ 'x'|safe == 'x' }} {{ '%s'|safe|format('<') }}")
case("{{ user|tojson }} {{ d|tojson }} {{ html|tojson }} {{ [1, 2.0, none, true, 'é😀', '\\n\\t\\x08\\x0c\\x00/\\x7f']|tojson }} {{ {}|tojson }} {{ []|tojson }} {{ (1, 2)|tojson }} {{ big|tojson }} {{ 'nan'|float|tojson }} {{ {1: 2, 3: 4}|tojson }} {{ {none: 1}|tojson }} {{ {true: 1}|tojson }} {{ {1.5: 1}|tojson }}", "{{ user|tojson(indent=2) }}", "{{ [1, [], {}, [[]]]|tojson(2) }}", "{{ [1]|tojson('--') }} {{ [1]|tojson(0) }}", "{{ missing|tojson }}", "{{ {1: 1, 'a': 2}|tojson }}", "{{ range(3)|tojson }}", "{{ {(1,2): 1}|tojson }}", "{{ users|map(attribute='name')|list|tojson }} {{ users|tojson + '<' }}")
case("{{ 'a b&c/d?é'|urlencode }} {{ {'a b': 'c/d', 'x': 1}|urlencode }} {{ [('a', 'b'), ('c', 'd e')]|urlencode }} {{ 5|urlencode }} {{ '~_.-'|urlencode }} {{ missing|urlencode }}|", "{{ ['abc']|urlencode }}")
case("{{ '%s is %d'|format('a', 5) }} {{ '%(x)s'|format(x=1) }} {{ 'plain'|format }} {{ '%s'|format([1]) }}", "{{ '%s %s'|format('a') }}", "{{ '%s'|format(1, x=2) }}", "{{ 1000|filesizeformat }} {{ 1|filesizeformat }} {{ 999|filesizeformat }} {{ 1234567|filesizeformat }} {{ 1024|filesizeformat(true) }} {{ 0|filesizeformat }} {{ '5000000000'|filesizeformat }} {{ 1e30|filesizeformat }} {{ 1e12|filesizeformat(true) }}")
case("{{ 5|string + '5' }} {{ none|string }} {{ ['a']|string|length }} {{ (1.0)|string }}", "{{ 1|nope }}", "{% if 'nope' is filter %}{{ 1|nope }}{% else %}no{% endif %}", "{% if true %}{{ 1|nope }}{% endif %}", "{{ (1|nope) if false else 2 }}", "{{ 'a'|upper|lower|title }}", "{{ 'a'|upper() }} {{ 'a'|default }} {{ -1|abs }} {{ (-1)|abs }}", "{{ 'a'|upper(1) }}", "{{ 'a'|replace }}", "{{ 'a'|replace(old='a', new='b') }}", "{{ [1,2,3]|first|string ~ 'x' }}", "{{ 1 + 2|string|int }}", "{{ 'a'|center(5)|replace(' ', '.') }}")
# if, for
case("{% if n > 5 %}big{% elif n > 3 %}mid{% else %}small{% endif %} {% if empty %}x{% endif %}{% if empty_s %}x{% elif none_value %}y{% else %}z{% endif %} {% if missing %}m{% else %}not{% endif %}{% if not user.nope %}!{% endif %}")
case("{% for x in [1,2,3] %}{{ x }}{% if not loop.last %}, {% endif %}{% endfor %} {% for x in empty %}{{ x }}{% else %}none{% endfor %} {% for x in missing %}{{ x }}{% else %}undef{% endfor %} {% for c in 'abc' %}{{ c }}.{% endfor %} {% for k in user %}{{ k }} {% endfor %}{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}{% for k, v in d|dictsort %}{{ k }}{% endfor %}")
case("{% for x in 'abcd' %}[{{ loop.index }} {{ loop.index0 }} {{ loop.revindex }} {{ loop.revindex0 }} {{ loop.first }} {{ loop.last }} {{ loop.length }} {{ loop.depth }} {{ loop.previtem }} {{ loop.nextitem }} {{ loop.cycle('odd', 'even') }} {{ loop.changed(x) }}]{% endfor %}")
case("{% for x in [1,1,2,2,1] %}{% if loop.changed(x) %}{{ x }}{% endif %}{% endfor %}", "{% for x in range(10) if x is even %}{{ loop.index }}:{{ x }}/{{ loop.length }} {% endfor %}", "{% for x in [1,2] if x > 5 %}{{ x }}{% else %}nothing{% endfor %}", "{% for a, b in [(1, 2), (3, 4)] %}{{ a }}-{{ b }} {% endfor %}{% for a, (b, c) in [(1, (2, 3))] %}{{ a + b + c }}{% endfor %}", "{% for a, b in [(1, 2, 3)] %}{% endfor %}", "{% for a, b in [1] %}{% endfor %}", "{% for x in 5 %}{% endfor %}", "{% for x in none_value %}{% endfor %}")
case("{% for x in [1,2] %}{% for y in [3,4] %}{{ loop.index }}{{ x }}{{ y }} {% endfor %}{{ loop.index }} {% endfor %}", "{% for x in [1,2] %}{% set outer = loop %}{% for y in [3,4] %}{{ outer.index }}.{{ loop.index }} {% endfor %}{% endfor %}", "{% for x in [1,2,3] %}{% set y = x * 2 %}{{ y }}{% endfor %}{{ y is defined }}", "{% set x = 0 %}{% for i in [1,2,3] %}{% set x = x + i %}{{ x }} {% endfor %}{{ x }}", "{% for x in [1,2] %}{{ x }}{% endfor %}{{ x }}|", "{% for loop in [1] %}{% endfor %}", "{% for x in [1] %}{% set loop = 1 %}{% endfor %}", "{% for x in [1] %}{{ loop }}{% endfor %}", "{{ loop }}|", "{% for n in [1] %}{{ n }}{% endfor %}{{ n }}")
case("{% for x in tree recursive %}{{ x.v }}@{{ loop.depth }}{% if x.kids %}({{ loop(x.kids) }}){% endif %}{% endfor %}", "{% for x in [1] %}{{ loop([2]) }}{% endfor %}", "{% for x in [[1, [2]], [3]] recursive %}[{% if x is iterable %}{{ loop(x) }}{% else %}{{ x }}{% endif %}]{% else %}empty{% endfor %}", "{% for x in [1,2,3] if loop %}{{ x }}{% endfor %}|", "{% for m in messages %}{{ m.role }}: {{ m['content'] }}\n{% endfor %}", "{% for x in [1,2,3,4,5][1:4] %}{{ x }}{% endfor %} {% for x in (1, 2) %}{{ x }}{% endfor %} {% for x in 1, 2 %}{{ x }}{% endfor %}", "{% for i in range(3, 0, -1) %}{{ i }}{% endfor %} {% for i in range(2, 5) %}{{ i }}{% endfor %} {{ range(3) }} {{ range(1, 10, 3)|list }} {{ range(0) }}", "{{ range() }}", "{{ range(1, 2, 0) }}", "{{ range('a') }}", "{{ range(1.5) }}")
# set, with, namespace
case("{% set x = 1 %}{{ x }} {% set a, b = 1, 2 %}{{ a }}{{ b }} {% set t = 1, 2 %}{{ t }} {% set y %}block {{ n }}{% endset %}[{{ y }}] {% set z | upper %}abc{% endset %}{{ z }} {% set w | replace('a', 'b') | title %}aa{% endset %}{{ w }}", "{% set a, b = [1] %}", "{% set 1 = 2 %}", "{% set a.b = 1 %}", "{% set true = 1 %}", "{% set x = x|default(5) %}{{ x }}", "{% set n = n + 1 %}{{ n }}", "{% if no %}{% set n = 1 %}{% endif %}{{ n }}", "{% if yes %}{% set q = 1 %}{% else %}{% set q = 2 %}{% endif %}{{ q }}", "{{ q }}{% set q = 1 %}{{ q }}", "{% for i in [1, 2] %}{{ q }}{% set q = i %}{{ q }}{% endfor %}{% set q = 9 %}{{ q }}", "{% for i in [1, 2] %}{% if i == 1 %}{% set n = 'x' %}{% endif %}{{ n }}{% endfor %}{{ n }}")
case("{% set ns = namespace(x=0, y='a') %}{% for i in [1,2,3] %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }} {{ ns.y }} {{ ns }} {{ ns.nope }}| {{ ns['x'] }}", "{% set ns = namespace({'a': 1}) %}{% set ns.b, c = 2, 3 %}{{ ns.a }}{{ ns.b }}{{ c }}", "{% set ns = namespace(found=false) %}{% for u in users %}{% if u.name == 'Bob' %}{% set ns.found = true %}{% endif %}{% endfor %}{{ ns.found }}", "{% set user.x = 1 %}", "{% set ns = namespace() %}{% set ns.x %}a{% endset %}{{ ns.x }}")
case("{% with %}{% set x = 1 %}{{ x }}{% endwith %}{{ x }}|", "{% with a = 1, b = n %}{{ a }}{{ b }}{% endwith %}", "{% set a = 1 %}{% with a = 2, b = a %}{{ a }}{{ b }}{% endwith %}{{ a }}", "{% with a, b = 1 %}{% endwith %}", "{% with %}{% set n = 5 %}{{ n }}{% endwith %}{{ n }}")
# macro, call, filter blocks
case("{% macro hi(name, greeting='Hello', *args) %}{% endmacro %}", "{% macro hi(name, greeting='Hello') %}{{ greeting }}, {{ name }}!{% endmacro %}{{ hi('A') }} {{ hi('B', 'Yo') }} {{ hi(greeting='Hey', name='C') }} {{ hi() }}", "{% macro m(a, b=a, c=1+1) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(1) }} {{ m(1, 2) }} {{ m(1, c=5) }} {{ m(b=3) }}", "{% macro m() %}{{ varargs }} {{ kwargs }}{% endmacro %}{{ m(1, 2, x=3) }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, b=2) }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, a=2) }}", "{% macro m(a=1, b) %}{% endmacro %}")
case("{% macro f(n) %}{{ n }}{% if n > 0 %},{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(5) }}", "{% macro outer() %}[{{ caller() }}]{% endmacro %}{% call outer() %}in {{ n }}{% endcall %}", "{% macro each(items) %}{% for i in items %}{{ caller(i) }};{% endfor %}{% endmacro %}{% call(x) each([1, 2]) %}<{{ x }}>{% endcall %}", "{% macro m() %}{{ caller is defined }}{{ caller }}{% endmacro %}{{ m() }}", "{% macro m() %}x{% endmacro %}{% call m() %}y{% endcall %}", "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}B{% endmacro %}{{ a() }}", "{% set x = 1 %}{% macro m() %}{{ x }}{% endmacro %}{% set x = 2 %}{{ m() }}", "{% macro m() %}{{ x }}{% endmacro %}{% set x = 2 %}{{ m() }}", "{% macro m() %}{% set x = 5 %}{{ x }}{% endmacro %}{% set x = 1 %}{{ m() }}{{ x }}", "{{ m() }}{% macro m() %}{% endmacro %}", "{% macro m(x) %}{{ x }}{% endmacro %}{{ m }} {{ m.name }} {{ m.arguments }} {{ [1,2]|map('string')|map('upper')|list }}", "{% for i in [1,2] %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}", "{% call n() %}{% endcall %}", "{% call n %}{% endcall %}", "{% macro t(x) %}<b>{{ x }}</b>{% endmacro %}{{ t('a')|upper }} {{ t('a') ~ t('b') }} {{ t(x=t('n')) }}", "{% macro m(l) %}{{ l|join(*[', ']) }}{% endmacro %}{{ m([1,2]) }} {{ m(**{'l': [3]}) }}", "{% macro m() %}{{ caller(1, 2) }}{% endmacro %}{% call(a, b=9) m() %}{{ a }}{{ b }}{% endcall %}", "{% macro wrap() %}{% call inner() %}{{ caller() }}{% endcall %}{% endmacro %}{% macro inner() %}({{ caller() }}){% endmacro %}{% call wrap() %}z{% endcall %}")
case("{% filter upper %}abc {{ s }}{% endfilter %}", "{% filter replace('a', 'b')|title %}banana {% if yes %}x{% endif %}{% endfilter %}", "{% filter indent(2) %}a\nb{% endfilter %}", "{% filter nope %}{% endfilter %}", "{% filter trim %}  {% set v = 1 %}{{ v }}  {% endfilter %}{{ v }}|", "{% print 1, 'a' %}{% print n %}")
case("{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{{ c.reset() }}{{ c.next() }}", "{% set j = joiner('|') %}{% for x in 'abc' %}{{ j() }}{{ x }}{% endfor %}", "{% set j = joiner() %}{{ j() }}a{{ j() }}b", "{{ dict(a=1, b=2) }} {{ dict([('x', 1)]) }} {{ dict({'a': 1}, b=2) }} {{ dict() }}", "{{ cycler() }}", "{{ dict(1) }}", "{{ dict([(1,)]) }}")
# Whitespace, raw, comments
case("a {%- if yes -%} b {%- endif -%} c", "a\n  {%- if yes %}\n b\n {% endif -%}\n c", "a  {{- n -}}  b", "a  {{+ n }}  b", "a\n{%+ if yes %}x{%+ endif +%}\nb", "  {% if yes %}  \n  x\n  {% endif %}  \n", "{#- c -#} a {#- b -#} c", "x{# {{ n }} {% if %} #}y", "x {# a\nb #} y", "{# unclosed", "{% raw %}{{ n }} {% if %}{% endraw %}", "a {%- raw -%} {{ x }} {%- endraw -%} b", "{% raw %}{{ unclosed", "{% raw -%}  a  {%- endraw %}|", "{%raw%}x{%endraw%}", "a {% raw +%} b {% endraw %}", "{{- 'a' -}}\n\n{{- 'b' -}}", "{% set x = 1 -%}\n\n  y", "a\n\n{%- for i in [1,2] %}\n- {{ i }}\n{%- endfor %}\nend", "{{ '{{' }} {{ '}}' }} {{ '%}' }} {{ {'a': {'b': 1}}['a'] }} {{ {'a': {}} }}", "{{ n -}}   \n\n", "\n\n{{ n }}\n\n", "\u00a0{{- n -}}\u00a0x", "{%- if yes -%}\n{%- endif -%}", "a{% if yes %}\n{% endif %}b", "{{-n}}", "{{ 5-1 }} {{5 -1}}", "{% if yes: %}a{% endif %}")
# Odds and ends
case("{% set f = s.upper %}{{ f() }} {{ f is callable }}", "{% set x = {'a': 1} %}{% set _ = x.clear() %}{{ x }}", "{{ '%a' % 'é😀' }} {{ '%.5d|%+.3d' % (42, 7) }} {{ '%5.1f%%' % 99.55 }} {{ '%-+6d|' % 5 }} {{ '% x' % 255 if no else '%X' % 48879 }} {{ '%E %G' % (12345.678, 1e-10) }} {{ '%#o' % 8 if no }}", "{{ ('%(a)s %(b)d'|safe) % {'a': '<', 'b': 2} }} {{ ('%s %s'|safe) % ('<', 5) }}", "{{ '{0.grouper} {0.list[0]}'.format([1]|groupby('real')|first) if no else 1 }}", "{{ '{0.grouper}:{0.list[0][k]}'.format([{'k': 5}]|groupby('k')|first) }}", "{{ '{0.x}'.format(namespace(x=4)) if no else '' }}{{ '{a.nope}'.format(a=1) }}")
case("{{ s|indent(1, width=2) }}", "{{ s|indent(nope=2) }}", "{% macro m(a, b=2) %}{{ caller() }}{{ kwargs }}{% endmacro %}{{ m.name }} {{ m.arguments }} {{ m.caller }} {{ m.catch_kwargs }} {{ m.catch_varargs }} {{ m.nope }}", "{{ {(1, 'a', none, 2.5, true): 'x', (1, (2, 'b')): 'y'}[(1, (2, 'b'))] }}", "{{ {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: 9, 10: 10, 3.0: 'three'} }}", "{{ 'ﬁne ﬂat'.upper() }} {{ 'ŉ'.upper() }} {{ 'ßa'.title() }} {{ 'İ'.lower()|length }}", "{{ dict(zip=1).copy() }} {{ {'a': 1, 'b': [2]} == {'b': [2], 'a': 1} }} {{ {'a': 1} == {'a': 2} }} {{ {'a': 1} != {'b': 1} }} {{ {'a': 1}.keys() == 1 }}", "{{ ['nan'|float, 'inf'|float, '-inf'|float]|tojson }}", "{{ '{:e} {:E} {:G} {:n} {:.0f}'.format(1.5, 1.5, 1e20, 1.5, 2.5) }} {{ '{:.3}'.format(3.14159) }} {{ '{:.2e} {:%}'.format(5, 1) }} {{ '{:<8}|{:^8}|{:+}'.format(1.5, true, 1.5) }}", "{{ 1 is sequence }} {{ {}.items() is sequence }} {{ d.keys() is iterable }} {{ [1]|map('string') is iterable }} {{ loop is defined }}", "{% for a, (b, c) in [(1, (2, 3)), (4, (5, 6))] if b > 2 %}{{ a }}{{ b }}{{ c }}{% endfor %}", "{% for x in [1] %}{{ loop.cycle() }}{% endfor %}", "{{ 'abc'.center('x') }}", "{{ s|truncate(missing) }}", "{{ 1|foo.bar }}", "{{ 1 is foo.bar }}", "{{ none_value() }}", "{{ user.get()() }}", "{{ s.upper.x }}|{{ s.upper() is upper }}", "{{ [3, 1, 2]|sort|reverse|list }} {{ range(5)|reverse|list }} {{ 'abc'|sort|join }}", "{{ 9007199254740993 == 9007199254740993.0 }} {{ 2**53 + 1 > 2.0**53 }} {{ ('nan'|float) == ('nan'|float) }} {{ ('nan'|float) < 1 }} {{ 2**70 > 1e21 }} {{ -(2**70) < -1e21 }} {{ hash is defined }}")
# Structure errors
case("{% if %}x{% endif %}", "{% if yes %}", "{% endif %}", "{% for x in %}{% endfor %}", "{% for in y %}{% endfor %}", "{% nope %}", "{% if yes %}{% endfor %}", "{% for x in y %}{% endif %}", "{% macro %}{% endmacro %}", "{%", "{{", "{% if yes", "{{ n", "{% set %}", "{% set x = %}", "{% %}", "{% if yes %}{% else %}{% else %}{% endif %}", "{% 'x' %}", "{{ f(**a, *b) }}", "{{ f(a=1, 2) }}", "{{ f(*a, 2) }}", "{{ f(x for x in y) }}", "{{ {1} }}", "{{ [1, 2, ] }} {{ {'a': 1, } }} {{ dict(a=1, ) }} {{ (1, 2, ) }}", "{{ [,] }}", "{{ 1 if }}", "{{ . }}", "{{ n. }}", "{{ n[] }}|", "{{ n[1:2:3:4] }}", "{{ lambda x: x }}", "{{ not }}", "{{ 1 not 2 }}", "{{ 1 is }}", "{{ 1 | }}", "{{ a = 1 }}", "{{ @ }}", "{{ 'é' }} {{ é }}|", "{{ n }} {{ n } }", "{{ 1;2 }}")
# Whole prompts
CHAT_TEMPLATE = """{% for message in messages %}{% if loop.first and message['role'] != 'system' %}{{ '<s>' }}{% endif %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ message['content'] | trim + '</s>' }}{% else %}{{ '<<SYS>>\\n' + message['content'] + '\\n<</SYS>>\\n\\n' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"""
FEW_SHOT = """You are {{ role | default("an assistant") }}.
{% if examples %}
Examples:
{%- for e in examples %}
{{ loop.index }}. Q: {{ e.q | trim }}
   A: {{ e.a | indent(3) }}
{%- endfor %}
{% endif %}
{%- if context is defined and context %}
Context:
{{ context | join("\\n---\\n") }}
{% else %}
No context.
{% endif %}
Answer as JSON with keys {{ keys | map("tojson") | join(", ") }}.
"""
case(CHAT_TEMPLATE, messages=CHAT)
case(CHAT_TEMPLATE, messages=CHAT, add_generation_prompt=True)
case(FEW_SHOT, examples=[{"q": " two? ", "a": "2\n(two)"}, {"q": "x", "a": "y"}], keys=["a", "b'c"])
case(FEW_SHOT, role="a judge", context=["one", "two"], keys=[])
case("{% macro field(name, value, required=false) -%}\n- **{{ name }}**{{ ' (required)' if required }}: {{ value if value is not none else 'n/a' }}\n{%- endmacro %}\n{% for k, v in user.items() %}\n{{ field(k|title, v, required=loop.first) }}\n{%- endfor %}")
case("{% set parts = [] %}{% for u in users if u.active %}{% set _ = parts.append(u.name ~ ' (' ~ u.age ~ ')') %}{% endfor %}{{ parts | join('; ') }} -- {{ '%.1f' | format(users | sum(attribute='age') / users | length) }}")


def kind(error: Exception) -> str:
    if isinstance(error, jinja2.TemplateSyntaxError):
        return "syntax"
    if isinstance(error, jinja2.UndefinedError):
        return "undefined"
    return "error"


def golden(template: str, inputs: dict) -> dict:
    result = {"template": template}
    if inputs is not ALL:
        result["inputs"] = inputs
    try:
        result["output"] = jinja2.Environment().from_string(template).render(json.loads(json.dumps(inputs)))
    except Exception as error:  # noqa: BLE001
        result["error"] = kind(error)
    return result


def main() -> None:
    goldens = [golden(template, inputs) for template, inputs in CASES]
    text = json.dumps({"jinja2": "3.1", "inputs": ALL, "cases": goldens}, indent=1, ensure_ascii=True)
    pathlib.Path(__file__).with_name("goldens.json").write_text(text + "\n")
    print(len(goldens), "cases,", sum("error" in g for g in goldens), "of them failures")


if __name__ == "__main__":
    main()
