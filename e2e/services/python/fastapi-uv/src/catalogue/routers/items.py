from fastapi import APIRouter

router = APIRouter()


@router.get("/{number}")
async def item(number: int) -> dict[str, int]:
    return {"item": number}
