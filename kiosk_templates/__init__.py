"""Everything the eye meets: pages, styles, translations, and the TypeScript of the tablet (kiosk).

Holds data and the build of the front end alone; no logic of the house.
"""
