"""XML: trees, DOM, SAX, property lists, and what is wrong with bad documents."""
import io
import plistlib
import xml.dom.minidom as md
import xml.etree.ElementTree as ET
import xml.sax

t=ET.fromstring('<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e "x&amp;y">]><r a="1" b=\'&lt;2\'><c>t &e; é</c>tail<!-- c --><d xmlns="u:v" xmlns:p="q" p:z="1"/></r>')
print(ET.tostring(t), [e.tag for e in t.iter()], t.find('c').text, t[1].attrib)
print(md.parseString('<a><b x="1">t</b><!--c--><![CDATA[<q>]]></a>').toprettyxml(indent=' '))
print(plistlib.loads(plistlib.dumps({'a':[1,2.5,True,b'x','é']})))
for bad in ('','<a>','<a></b>','<a x=1/>','<a x="1" x="2"/>','text','<a/><b/>','<a>&x;</a>','<a>&#0;</a>','<a b="<"/>','<p:a/>','<a>]]></a>','<a><!-- -- --></a>','<?xml version="1.0" encoding="nope"?><a/>','<a>\x01</a>','<a','< a/>','<a>&</a>','<a>&lt</a>','\n\n  <a>\n <b></a>'):
    try: ET.fromstring(bad); print('ok',bad)
    except ET.ParseError as e: print(repr(bad),e,e.code,e.position)
p=ET.XMLPullParser(('start','end'))
for ch in '<r><a>1</a><b/></r>': p.feed(ch)
print([(e,x.tag) for e,x in p.read_events()])
class H(xml.sax.ContentHandler):
    def startElement(s,n,a): print('start',n,dict(a))
    def characters(s,c): print('chars',repr(c))
    def endElement(s,n): print('end',n)
xml.sax.parseString('<r>\n<a q="1">t\nu&amp;v</a></r>',H())
lol='<!DOCTYPE l [<!ENTITY a "'+'x'*100+'">'+''.join(f'<!ENTITY {c} "{("&"+p+";")*10}">' for p,c in zip('abcdefg','bcdefgh'))+']><l>&h;</l>'
try: ET.fromstring(lol)
except ET.ParseError as e: print(e)
